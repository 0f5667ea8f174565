import { Anchor, Badge, Button, Group, Loader, Select, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import { Link, useSearchParams } from "wouter";
import type { Deployment, PredictionItem } from "../api/client";
import { PAGE, useAcceptArrivals, useDeployment, useNewest, usePredictions, type Filter } from "../api/queries";
import { labelColours, type ColourOf } from "../colours";
import { Ago } from "../parts/Ago";
import { FirstPrediction } from "../parts/FirstPrediction";
import type { Shown } from "../parts/Overlay";
import { Picture } from "../parts/Picture";
import { asShown, RoleSwitch } from "../parts/RoleSwitch";
import { Trouble } from "../parts/Trouble";
import { count, milliseconds, plain, plural } from "../words";

export function DeploymentPage({ deployment: name }: { deployment: string }) {
  const { data: deployment, error } = useDeployment(name);
  const [search, setSearch] = useSearchParams();
  const shown = asShown(search.get("show"));
  const filter = { source: search.get("source"), tag: search.get("tag"), flag: search.get("flag") };
  const set = (key: string, value: string | null) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === null || value === "") after.delete(key);
        else after.set(key, value);
        return after;
      },
      { replace: true },
    );
  if (deployment === undefined) {
    return error === null ? <Skeleton height={420} /> : <Trouble error={error} />;
  }
  const colourOf = labelColours(deployment);
  return (
    <Stack gap="md">
      <Group gap="xs"><Anchor component={Link} href="/" size="sm">Deployments</Anchor><Text size="sm" c="dimmed">/ {deployment.name}</Text></Group>
      <Trouble error={error} />
      <Heading deployment={deployment} />
      {deployment.prediction_count === 0 ? (
        <FirstPrediction deployment={deployment} />
      ) : (
        <>
          <Group justify="space-between" align="end">
            <Group align="end">
              <RoleSwitch shown={shown} hasShadow={deployment.shadow !== null} onChange={(value) => set("show", value === "champion" ? null : value)} />
              <Choice name="Source" values={deployment.sources} value={filter.source} onChange={(value) => set("source", value)} />
              <Choice name="Tag" values={deployment.tags} value={filter.tag} onChange={(value) => set("tag", value)} />
              <Choice name="Flag" values={Object.keys(deployment.flag_counts)} value={filter.flag} onChange={(value) => set("flag", value)} />
            </Group>
            <Legend deployment={deployment} colourOf={colourOf} />
          </Group>
          <Gallery key={JSON.stringify(filter)} deployment={deployment} filter={filter} shown={shown} colourOf={colourOf} />
        </>
      )}
    </Stack>
  );
}

function Heading({ deployment }: { deployment: Deployment }) {
  return (
    <Group justify="space-between">
      <Group gap="sm">
        <Title order={2}>{deployment.name}</Title>
        {deployment.champion !== null && <Badge variant="filled" tt="none">champion {deployment.champion.name}</Badge>}
        {deployment.shadow !== null && <Badge variant="outline" tt="none">shadow {deployment.shadow.name}</Badge>}
      </Group>
      <Text size="sm" c="dimmed">
        {plural(deployment.prediction_count, "prediction")} · mean latency {milliseconds(deployment.mean_latency_seconds)}
        {deployment.last_received_at !== null && <> · last arrived <Ago moment={deployment.last_received_at} /></>}
        {deployment.replay_count > 0 && <> · {count(deployment.replay_count)} sent twice</>}
        {deployment.refusal_count > 0 && <> · {count(deployment.refusal_count)} refused: {Object.entries(deployment.refusal_counts).map(([reason, n]) => `${plain(reason)} ${count(n)}`).join(", ")}</>}
      </Text>
    </Group>
  );
}

function Choice({ name, values, value, onChange }: { name: string; values: string[]; value: string | null; onChange: (value: string | null) => void }) {
  if (values.length === 0) return null;
  return <Select size="sm" w={170} placeholder={`Any ${name.toLowerCase()}`} aria-label={name} data={values.map((each) => ({ value: each, label: plain(each) }))} value={value} onChange={onChange} clearable searchable={values.length > 8} />;
}

function Legend({ deployment, colourOf }: { deployment: Deployment; colourOf: ColourOf }) {
  return (
    <Group gap="md">
      {deployment.champion?.labels.map((label) => (
        <Text key={label.class_id} size="sm"><span className="swatch" style={{ background: colourOf(label.name) }} />{label.name}</Text>
      ))}
    </Group>
  );
}

const NEAR_TOP_PIXELS = 300;

function Gallery({ deployment, filter, shown, colourOf }: { deployment: Deployment; filter: Filter; shown: Shown; colourOf: ColourOf }) {
  const pages = usePredictions(deployment.name, filter);
  const newest = useNewest(deployment.name, filter, PAGE);
  const accept = useAcceptArrivals(deployment.name, filter);
  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const waiting = useMemo(() => {
    const known = new Set(items.map((item) => item.id));
    return pages.data === undefined ? [] : (newest.data?.items.filter((item) => !known.has(item.id)) ?? []);
  }, [items, newest.data, pages.data]);

  // Near the top new pictures slip in; further down they wait, so that nothing moves under the reader's eyes.
  useEffect(() => {
    if (waiting.length > 0 && scrollY < NEAR_TOP_PIXELS) accept(waiting);
  }, [waiting, accept]);

  // One frame for all, after the newest picture: most cameras keep their shape.
  const aspect = items[0] === undefined ? 4 / 3 : Math.min(1.8, Math.max(0.7, items[0].width / items[0].height));
  const show = () => {
    accept(waiting);
    scrollTo({ top: 0, behavior: "smooth" });
  };
  return (
    <>
      <Trouble error={pages.error} />
      {waiting.length > 0 && <Button className="new-pill" radius="xl" size="compact-md" onClick={show}>{waiting.length} new</Button>}
      <Text size="sm" c="dimmed">{pages.data !== undefined && plural(newest.data?.count ?? pages.data.pages[0]?.count ?? 0, "prediction")}, newest first</Text>
      <div className="tiles">
        {pages.isPending && Array.from({ length: 12 }, (_, n) => <Skeleton key={n} style={{ aspectRatio: "4 / 3" }} />)}
        {items.map((item) => <Tile key={item.id} item={item} deployment={deployment} shown={shown} colourOf={colourOf} aspect={aspect} />)}
      </div>
      {pages.data !== undefined && items.length === 0 && <Text c="dimmed" mt="lg">No prediction matches this choice.</Text>}
      <More onSeen={() => void pages.fetchNextPage()} when={pages.hasNextPage && !pages.isFetchingNextPage} busy={pages.isFetchingNextPage} />
    </>
  );
}

function Tile({ item, deployment, shown, colourOf, aspect }: { item: PredictionItem; deployment: Deployment; shown: Shown; colourOf: ColourOf; aspect: number }) {
  const view = shown === "shadow" ? item.shadow : item.champion;
  const search = shown === "champion" ? "" : `?show=${shown}`;
  return (
    <Link href={`/deployments/${encodeURIComponent(deployment.name)}/predictions/${item.id}${search}`} className="tile" data-testid="prediction-tile">
      <Picture item={item} shown={shown} colourOf={colourOf} aspect={aspect} />
      <div className="tile-words">
        <span>{item.source ?? "–"} · {view === null ? "no shadow" : `${plural(view.object_count, "object")} · ${milliseconds(view.latency_seconds)}`}</span>
        <span>{item.flags.length > 0 && <span title={item.flags.map((flag) => flag.message).join("\n")}>⚑ </span>}<Ago moment={item.filed_at} /></span>
      </div>
    </Link>
  );
}

function More({ onSeen, when, busy }: { onSeen: () => void; when: boolean; busy: boolean }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = end.current;
    if (!when || target === null) return;
    const watcher = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && onSeen(), { rootMargin: "800px" });
    watcher.observe(target);
    return () => watcher.disconnect();
  });
  return <Group ref={end} justify="center" h={60}>{busy && <Loader size="sm" />}</Group>;
}
