import { Alert, Anchor, Badge, Button, Card, Code, Collapse, CopyButton, Group, ScrollArea, Stack, Table, Text, Title, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { PredictionItem, PredictionView } from "../api/client";
import type { ColourOf } from "../colours";
import { objectArea } from "../geometry";
import { bytes, count, localTime, milliseconds, plain, plural, utcTime } from "../words";
import { objectKey, type Shown } from "./Overlay";

interface Props {
  item: PredictionItem;
  shown: Shown;
  colourOf: ColourOf;
  lit: string | null;
  onLight: (key: string | null) => void;
}

/** Everything known of one prediction. */
export function Facts({ item, shown, colourOf, lit, onLight }: Props) {
  const role = shown === "shadow" ? "shadow" : "champion";
  const view = item[role];
  return (
    <Card withBorder p="lg" className="facts" data-testid="facts">
      <Stack gap="md">
        {item.flags.map((flag) => (
          <Alert key={`${flag.role} ${flag.code}`} color="yellow" p="xs" title={`${plain(flag.code)}${flag.role === "data" ? "" : ` (${flag.role})`}`}>{flag.message}</Alert>
        ))}
        <dl style={{ margin: 0 }}>
          <Fact name="Captured"><Moment at={item.captured_at} /></Fact>
          <Fact name="Received"><Moment at={item.received_at} /></Fact>
          {item.filed_at !== item.captured_at && <Fact name="Filed under"><Moment at={item.filed_at} /></Fact>}
          <Fact name="Source">{item.source ?? "–"}</Fact>
          {item.tags.length > 0 && <Fact name="Tags"><Group gap={4}>{item.tags.map((tag) => <Badge key={tag} variant="light" tt="none">{tag}</Badge>)}</Group></Fact>}
          <Fact name="Picture">
            {item.filename} · {item.width}×{item.height} px · {bytes(item.size_bytes)}{" "}
            {typeof item.image_url === "string" && <Anchor href={item.image_url} download={item.filename} size="sm">original</Anchor>}
          </Fact>
          <Models item={item} />
          {Object.keys(item.metadata).length > 0 && <Fact name="Metadata"><Code block fz={12}>{JSON.stringify(item.metadata, null, 1)}</Code></Fact>}
          {item.measurements !== null && <Fact name="Measured"><Measured values={item.measurements} /></Fact>}
          <Fact name="Prediction id"><Copied text={item.id} /></Fact>
          <Fact name="Data id"><Copied text={item.data_id} /></Fact>
        </dl>
        {view === null ? <Text c="dimmed">The shadow said nothing about this picture.</Text> : <Objects role={role} view={view} colourOf={colourOf} lit={lit} onLight={onLight} />}
        <Raw item={item} />
      </Stack>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (<><dt>{name}</dt><dd>{children}</dd></>);
}

const Moment = ({ at }: { at: string }) => <Tooltip label={utcTime(at)}><time dateTime={at}>{localTime(at)}</time></Tooltip>;

function Models({ item }: { item: PredictionItem }) {
  const words = (view: PredictionView) => `${view.model_version ?? "unnamed"} · ${milliseconds(view.latency_seconds)} · ${plural(view.object_count, "object")}`;
  return (
    <>
      <Fact name="Champion">{words(item.champion)}</Fact>
      {item.shadow !== null && <Fact name="Shadow">{words(item.shadow)}</Fact>}
    </>
  );
}

function Measured({ values }: { values: Record<string, number> }) {
  return (
    <Table fz={12} verticalSpacing={1} withRowBorders={false}>
      <Table.Tbody>
        {Object.entries(values).map(([name, value]) => (
          <Table.Tr key={name}><Table.Td p={0}>{plain(name)}</Table.Td><Table.Td p={0} ta="right">{Number(value.toPrecision(4)).toLocaleString("en")}</Table.Td></Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Copied({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy"}><Anchor component="button" type="button" ff="monospace" fz={12} onClick={copy}>{text}</Anchor></Tooltip>
      )}
    </CopyButton>
  );
}

const MOST_ROWS = 500;

function Objects({ role, view, colourOf, lit, onLight }: { role: string; view: PredictionView; colourOf: ColourOf; lit: string | null; onLight: (key: string | null) => void }) {
  return (
    <div>
      <Title order={5} mb={4}>{plural(view.object_count, "object")}</Title>
      <ScrollArea.Autosize mah={320}>
        <Table fz={13} verticalSpacing={3} stickyHeader>
          <Table.Thead><Table.Tr><Table.Th>Label</Table.Th><Table.Th ta="right">Score</Table.Th><Table.Th ta="right">Area, px</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {view.objects.slice(0, MOST_ROWS).map((object, position) => {
              const key = objectKey(role, position);
              return (
                <Table.Tr key={key} className={lit === key ? "lit" : ""} onPointerEnter={() => onLight(key)} onPointerLeave={() => onLight(null)}>
                  <Table.Td><span className="swatch" style={{ background: colourOf(object.label) }} />{object.label}{object.text !== null && ` “${object.text}”`}</Table.Td>
                  <Table.Td ta="right">{object.score === null ? "–" : object.score.toFixed(2)}</Table.Td>
                  <Table.Td ta="right">{count(Math.round(objectArea(object)))}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      {view.object_count > MOST_ROWS && <Text size="xs" c="dimmed">The first {count(MOST_ROWS)}; all are drawn.</Text>}
    </div>
  );
}

function Raw({ item }: { item: PredictionItem }) {
  const [open, { toggle }] = useDisclosure(false);
  return (
    <div>
      <Button variant="subtle" size="compact-xs" onClick={toggle} aria-expanded={open}>{open ? "Hide" : "Show"} raw JSON</Button>
      <Collapse expanded={open}>{open && <Code block fz={11} mah={400} style={{ overflow: "auto" }}>{JSON.stringify(item, null, 2)}</Code>}</Collapse>
    </div>
  );
}
