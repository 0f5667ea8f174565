import { Table, Text, Title } from "@mantine/core";
import { useMemo } from "react";
import type { Role } from "../addresses";
import type { PredictionView } from "../api/client";
import type { ColourOf } from "../colours";
import { objectArea } from "../geometry";
import { count, plural } from "../words";
import { objectKey } from "./Overlay";

const MOST_ROWS = 500;

interface Props {
  role: Role;
  view: PredictionView;
  colourOf: ColourOf;
  lit: string | null;
  onLight: (key: string | null) => void;
}

/** The objects of one prediction as a table; the row of the one under the pointer is lit, and the other way round. */
export function Objects({ role, view, colourOf, lit, onLight }: Props) {
  const areas = useMemo(() => view.objects.slice(0, MOST_ROWS).map((object) => count(Math.round(objectArea(object)))), [view]);
  return (
    <section aria-label={`Objects of the ${role}`}>
      <Title order={5} mb={4}>{plural(view.object_count, "object")} <Text span size="sm" c="dimmed" fw={400}>of the {role}</Text></Title>
      {view.object_count > 0 && (
        <div className="objects">
          <Table fz={13} verticalSpacing={3} horizontalSpacing={8} stickyHeader>
            <Table.Thead><Table.Tr><Table.Th>Label</Table.Th><Table.Th ta="right">Score</Table.Th><Table.Th ta="right">Area, px²</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {view.objects.slice(0, MOST_ROWS).map((object, position) => {
                const key = objectKey(role, position);
                return (
                  <Table.Tr key={key} className={lit === key ? "lit" : ""} onPointerEnter={() => onLight(key)} onPointerLeave={() => onLight(null)}>
                    <Table.Td><span className="swatch" style={{ background: colourOf(object.label) }} />{object.label}{object.text !== null && ` “${object.text}”`}</Table.Td>
                    <Table.Td ta="right">{object.score === null ? "" : object.score.toFixed(2)}</Table.Td>
                    <Table.Td ta="right">{areas[position]}</Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {view.object_count > MOST_ROWS && <Text size="xs" c="dimmed">The first {count(MOST_ROWS)}; all are drawn.</Text>}
    </section>
  );
}
