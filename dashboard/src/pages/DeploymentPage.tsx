import { Anchor, Badge, Button, Group, Select, Skeleton, Stack, Text, Title, Tooltip } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useMemo } from "react";
import { Link, useSearchParams } from "wouter";
import { asShown, readFilter, withChoice } from "../addresses";
import type { Deployment } from "../api/client";
import { useDeployment, usePredictions } from "../api/queries";
import { labelColours } from "../colours";
import { countLabels } from "../lists";
import { Ago } from "../parts/Ago";
import { FirstPrediction } from "../parts/FirstPrediction";
import { Gallery } from "../parts/Gallery";
import { Legend } from "../parts/Legend";
import { Live } from "../parts/Live";
import { RoleSwitch } from "../parts/RoleSwitch";
import { Trouble } from "../parts/Trouble";
import { useKeptScroll } from "../scroll";
import { count, duration, plain, plural } from "../words";

export function DeploymentPage({ deployment: name }: { deployment: string }) {
  const { data: deployment, error } = useDeployment(name);
  useDocumentTitle(`${name} · Vedette`);
  return (
    <Stack gap="md">
      <Group gap="xs"><Anchor component={Link} href="/" size="sm">Deployments</Anchor><Text size="sm" c="dimmed">/ {name}</Text></Group>
      <Trouble error={error} />
      {deployment === undefined && error === null && <Skeletons />}
      {deployment !== undefined && (
        <>
          <Heading deployment={deployment} />
          {deployment.prediction_count === 0 ? <FirstPrediction deployment={deployment} /> : <Predictions deployment={deployment} />}
        </>
      )}
    </Stack>
  );
}

function Skeletons() {
  return (
    <>
      <Skeleton height={40} width={420} />
      <Skeleton height={36} />
      <div className="tiles">{Array.from({ length: 15 }, (_, n) => <Skeleton key={n} style={{ aspectRatio: "4 / 3" }} />)}</div>
    </>
  );
}

function Heading({ deployment }: { deployment: Deployment }) {
  const refusals = Object.entries(deployment.refusal_counts).map(([reason, times]) => `${plain(reason)} ${count(times)}`);
  return (
    <Group justify="space-between" align="center">
      <Group gap="sm">
        <Title order={2}>{deployment.name}</Title>
        {deployment.champion !== null && <Badge variant="filled" tt="none">champion {deployment.champion.name}</Badge>}
        {deployment.shadow !== null && <Badge variant="outline" tt="none">shadow {deployment.shadow.name}</Badge>}
      </Group>
      <Group gap="lg" className="figures">
        <span><b>{count(deployment.prediction_count)}</b> {deployment.prediction_count === 1 ? "prediction" : "predictions"}</span>
        {deployment.mean_latency_seconds !== null && <span><b>{duration(deployment.mean_latency_seconds)}</b> mean latency</span>}
        {deployment.flagged_count > 0 && <span><b>{count(deployment.flagged_count)}</b> flagged</span>}
        {deployment.replay_count > 0 && <Tooltip label="Sent again with the same content; kept once"><span><b>{count(deployment.replay_count)}</b> sent twice</span></Tooltip>}
        {deployment.refusal_count > 0 && <Tooltip label={refusals.join(" · ")}><span tabIndex={0}><b>{count(deployment.refusal_count)}</b> refused</span></Tooltip>}
        {deployment.last_received_at !== null && <span><Live moment={deployment.last_received_at} /> last arrived <Ago moment={deployment.last_received_at} /></span>}
      </Group>
    </Group>
  );
}

function Predictions({ deployment }: { deployment: Deployment }) {
  const [search, setSearch] = useSearchParams();
  const shown = asShown(search.get("show"));
  const filter = readFilter(search);
  const pages = usePredictions(deployment.name, filter);
  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const { champion } = deployment;
  const colourOf = useMemo(() => labelColours({ champion }), [champion]);
  const counts = useMemo(() => countLabels(items, shown, champion?.labels.map((label) => label.name) ?? []), [items, shown, champion]);
  useKeptScroll(pages.data !== undefined);
  const set = (key: string) => (value: string | null) => setSearch((before) => withChoice(before, key, value), { replace: true });
  const filtered = Object.values(filter).some((value) => value !== null);
  const total = filtered ? pages.data?.pages[0]?.count : deployment.prediction_count;
  return (
    <>
      <div className="toolbar">
        <Group gap="sm" wrap="nowrap">
          <RoleSwitch shown={shown} hasShadow={deployment.shadow !== null || items.some((item) => item.shadow !== null)} onChange={(value) => set("show")(value === "champion" ? null : value)} />
          <Choice name="Source" values={deployment.sources} value={filter.source} onChange={set("source")} />
          <Choice name="Tag" values={deployment.tags} value={filter.tag} onChange={set("tag")} />
          <Choice name="Flag" values={Object.keys(deployment.flag_counts)} value={filter.flag} onChange={set("flag")} words={plain} />
          {filtered && <Button variant="subtle" size="compact-sm" onClick={() => setSearch((before) => new URLSearchParams(before.has("show") ? { show: shown } : {}), { replace: true })}>Show all</Button>}
        </Group>
        <Tooltip label={`In the ${plural(items.length, "prediction")} below, of ${count(total ?? items.length)}`}><div><Legend counts={counts} colourOf={colourOf} shown={shown} /></div></Tooltip>
      </div>
      <Gallery key={JSON.stringify(filter)} deployment={deployment.name} filter={filter} pages={pages} items={items} shown={shown} colourOf={colourOf} search={search.toString()} />
      {pages.data !== undefined && items.length > 0 && !pages.hasNextPage && <Text size="sm" c="dimmed" ta="center">That is all: {plural(items.length, "prediction")}.</Text>}
    </>
  );
}

interface ChoiceProps {
  name: string;
  values: string[];
  value: string | null;
  onChange: (value: string | null) => void;
  words?: (value: string) => string;
}

function Choice({ name, values, value, onChange, words = (each) => each }: ChoiceProps) {
  // What the address asks for can be taken back, also where nothing has it.
  const all = value === null || values.includes(value) ? values : [value, ...values];
  if (all.length === 0) return null;
  return <Select size="sm" w={150} placeholder={`Any ${name.toLowerCase()}`} aria-label={name} data={all.map((each) => ({ value: each, label: words(each) }))} value={value} onChange={onChange} clearable searchable={all.length > 8} />;
}
