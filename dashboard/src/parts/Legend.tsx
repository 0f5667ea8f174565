import { Group, Text } from "@mantine/core";
import type { Shown } from "../addresses";
import type { ColourOf } from "../colours";
import { count } from "../words";

/** Which colour means what, and how many there are in what is shown. */
export function Legend({ counts, colourOf, shown }: { counts: [label: string, count: number][]; colourOf: ColourOf; shown: Shown }) {
  return (
    <Group gap="md" justify="flex-end" component="ul" className="legend" aria-label="Labels">
      {counts.map(([label, number]) => (
        <Text key={label} size="sm" component="li">
          <span className="swatch" style={{ background: colourOf(label) }} />{label}{" "}
          <Text span c="dimmed" size="sm">{count(number)}</Text>
        </Text>
      ))}
      {shown === "both" && <Text size="sm" c="dimmed" component="li"><Line /> champion <Line dashed /> shadow</Text>}
    </Group>
  );
}

function Line({ dashed = false }: { dashed?: boolean }) {
  return (
    <svg width="22" height="8" aria-hidden="true" className="line">
      <path d="M0 4H22" stroke="currentColor" strokeWidth="2" strokeDasharray={dashed ? "5 3" : undefined} />
    </svg>
  );
}
