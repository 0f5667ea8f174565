import { Anchor, Badge, Button, Code, Collapse, Group, Stack, Table, Text, Title, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { Role, Shown } from "../addresses";
import type { PredictionItem, PredictionView } from "../api/client";
import type { ColourOf } from "../colours";
import { bytes, duration, localTime, plain, plural, sentence, titled, utcTime } from "../words";
import { CopyId } from "./CopyId";
import { FlagSign } from "./icons";
import { Objects } from "./Objects";

interface Props {
  item: PredictionItem;
  shown: Shown;
  colourOf: ColourOf;
  lit: string | null;
  onLight: (key: string | null) => void;
}

/** Everything known of one prediction. */
export function Facts({ item, shown, colourOf, lit, onLight }: Props) {
  const roles: Role[] = shown === "both" ? ["champion", "shadow"] : [shown];
  return (
    <aside className="facts" data-testid="facts" aria-label="Facts">
      <Stack gap="md">
        {item.flags.length > 0 && <Flags item={item} />}
        <dl>
          <Fact name="Captured"><Moment at={item.captured_at} /></Fact>
          <Fact name="Received"><Moment at={item.received_at} /></Fact>
          <Fact name="Filed"><Filed item={item} /></Fact>
          <Fact name="Source">{item.source ?? "–"}</Fact>
          {item.tags.length > 0 && <Fact name="Tags"><Group gap={4}>{item.tags.map((tag) => <Badge key={tag} variant="light" tt="none" size="sm">{tag}</Badge>)}</Group></Fact>}
          <Fact name="Champion"><ModelWords view={item.champion} /></Fact>
          {item.shadow !== null && <Fact name="Shadow"><ModelWords view={item.shadow} /></Fact>}
          <Fact name="Picture"><PictureWords item={item} /></Fact>
        </dl>
        {roles.map((role) => {
          const view = item[role];
          return view === null
            ? <Text key={role} c="dimmed" size="sm">No shadow looked at this picture.</Text>
            : <Objects key={role} role={role} view={view} colourOf={colourOf} lit={lit} onLight={onLight} />;
        })}
        {item.measurements !== null && <Measured values={item.measurements} />}
        {Object.keys(item.metadata).length > 0 && <section><Title order={5} mb={4}>Metadata</Title><Code block fz={12} className="code">{JSON.stringify(item.metadata, null, 2)}</Code></section>}
        <dl>
          <Fact name="Prediction"><CopyId id={item.id} name="prediction's id" /></Fact>
          <Fact name="Data"><CopyId id={item.data_id} name="data's id" /></Fact>
          <Fact name="Asset"><CopyId id={item.predicted_asset_id} name="predicted asset's id" /></Fact>
        </dl>
        <Raw item={item} />
      </Stack>
    </aside>
  );
}

function Flags({ item }: { item: PredictionItem }) {
  return (
    <Stack gap={6} role="list" aria-label="Flags">
      {item.flags.map((flag) => (
        <div key={`${flag.role} ${flag.code}`} className="flag" role="listitem">
          <FlagSign />
          <div>
            <b>{titled(flag.code)}</b>{flag.role !== "data" && <Text span size="xs" c="dimmed"> {flag.role}</Text>}
            <div>{sentence(flag.message)}</div>
          </div>
        </div>
      ))}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (<><dt>{name}</dt><dd>{children}</dd></>);
}

const Moment = ({ at }: { at: string }) => <Tooltip label={utcTime(at)} position="left"><time dateTime={at} tabIndex={0}>{localTime(at)}</time></Tooltip>;

/** Under which of the two times it stands in lists, and the times between which it does. */
function Filed({ item }: { item: PredictionItem }) {
  if (item.filed_at === item.captured_at) return "when captured";
  if (item.filed_at === item.received_at) return "when received, for the captured time cannot be right";
  return <Moment at={item.filed_at} />;
}

const ModelWords = ({ view }: { view: PredictionView }) => `${view.model_version ?? "unnamed"} · ${duration(view.latency_seconds)} · ${plural(view.object_count, "object")}`;

function PictureWords({ item }: { item: PredictionItem }) {
  return (
    <>
      <span className="filename">{item.filename}</span>
      <br />
      {item.width} × {item.height} px · {bytes(item.size_bytes)} · {item.content_type.replace("image/", "").toUpperCase()}
      {item.image_url !== null && <> · <Anchor href={item.image_url} download={item.filename} size="sm">original</Anchor></>}
    </>
  );
}

function Measured({ values }: { values: Record<string, number> }) {
  return (
    <section>
      <Title order={5} mb={4}>Measured</Title>
      <Table fz={13} verticalSpacing={1} horizontalSpacing={0} withRowBorders={false}>
        <Table.Tbody>
          {Object.entries(values).map(([name, value]) => (
            <Table.Tr key={name}><Table.Td c="dimmed">{plain(name)}</Table.Td><Table.Td ta="right">{Number(value.toPrecision(4)).toLocaleString("en")}</Table.Td></Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Raw({ item }: { item: PredictionItem }) {
  const [open, { toggle }] = useDisclosure(false);
  return (
    <div>
      <Button variant="default" size="compact-sm" onClick={toggle} aria-expanded={open}>{open ? "Hide" : "Show"} raw JSON</Button>
      <Collapse expanded={open}>{open && <Code block mt="xs" fz={11} mah={400} style={{ overflow: "auto" }}>{JSON.stringify(item, null, 2)}</Code>}</Collapse>
    </div>
  );
}
