import { Anchor, Button, Group, Kbd, Skeleton, Stack, Text } from "@mantine/core";
import { useDocumentTitle, useHotkeys } from "@mantine/hooks";
import { useEffect, useLayoutEffect, useMemo, useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { asShown, deploymentAddress, predictionAddress, readFilter, withChoice } from "../addresses";
import type { PredictionItem } from "../api/client";
import { useDeployment, usePrediction, usePredictions, type Filter } from "../api/queries";
import { labelColours } from "../colours";
import { findNeighbours } from "../lists";
import { Facts } from "../parts/Facts";
import { Left, Right } from "../parts/icons";
import { RoleSwitch } from "../parts/RoleSwitch";
import { Trouble } from "../parts/Trouble";
import { Viewer } from "../parts/Viewer";

export function PredictionPage({ deployment: name, id }: { deployment: string; id: string }) {
  const [search, setSearch] = useSearchParams();
  const [, navigate] = useLocation();
  const { known, newer, older } = useNeighbours(name, id, readFilter(search));
  const { data: item, error } = usePrediction(name, id, known);
  const { data: deployment } = useDeployment(name);
  const champion = deployment?.champion ?? null;
  const colourOf = useMemo(() => labelColours({ champion }), [champion]);
  const [lit, setLit] = useState<string | null>(null);
  const shown = asShown(search.get("show"));
  const home = deploymentAddress(name, search);
  const go = (to: PredictionItem | undefined) => {
    if (to === undefined) return;
    setLit(null);
    navigate(predictionAddress(name, to.id, search), { replace: true });
  };
  useDocumentTitle(`${item?.filename ?? "…"} · ${name} · Vedette`);
  useLayoutEffect(() => {
    // Braces: newer browsers answer with a promise, which React would take for a clean-up.
    scrollTo(0, 0);
  }, []);
  useHotkeys([
    ["ArrowLeft", () => go(newer)],
    ["ArrowRight", () => go(older)],
    ["Escape", () => navigate(home)],
  ]);
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs" wrap="nowrap" className="crumbs">
          <Anchor component={Link} href="/" size="sm">Deployments</Anchor><Text size="sm" c="dimmed">/</Text>
          <Anchor component={Link} href={home} size="sm">{name}</Anchor><Text size="sm" c="dimmed">/</Text>
          <Text size="sm" c="dimmed" truncate title={item?.filename}>{item?.filename ?? "…"}</Text>
        </Group>
        <Group gap="xs" wrap="nowrap">
          <RoleSwitch shown={shown} hasShadow={(item?.shadow ?? null) !== null} onChange={(value) => setSearch((before) => withChoice(before, "show", value === "champion" ? null : value), { replace: true })} />
          <Button variant="default" size="sm" leftSection={<Left />} disabled={newer === undefined} onClick={() => go(newer)}>Newer</Button>
          <Button variant="default" size="sm" rightSection={<Right />} disabled={older === undefined} onClick={() => go(older)}>Older</Button>
          <Text size="xs" c="dimmed" visibleFrom="lg" className="keys"><Kbd>←</Kbd> <Kbd>→</Kbd> <Kbd>Esc</Kbd></Text>
        </Group>
      </Group>
      <Trouble error={error} />
      <div className="close-up">
        {item !== undefined && (
          <>
            <Viewer key={item.id} item={item} shown={shown} colourOf={colourOf} lit={lit} onLight={setLit} />
            <Facts item={item} shown={shown} colourOf={colourOf} lit={lit} onLight={setLit} />
          </>
        )}
        {item === undefined && error === null && (<><Skeleton className="viewer" /><Skeleton className="facts" /></>)}
      </div>
    </Stack>
  );
}

/** This prediction and those beside it, in the list that the reader came from or that the address describes. */
function useNeighbours(deployment: string, id: string, filter: Filter) {
  const { data, hasNextPage, isFetching, fetchNextPage } = usePredictions(deployment, filter);
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const known = items.find((item) => item.id === id);
  const { newer, older, last } = findNeighbours(items, id);
  useEffect(() => {
    if (last && hasNextPage && !isFetching) void fetchNextPage();
  }, [last, hasNextPage, isFetching, fetchNextPage]);
  // The next pictures are there before they are asked for.
  useEffect(() => {
    for (const address of [older?.display_url, newer?.display_url]) {
      if (typeof address === "string") new Image().src = address;
    }
  }, [older?.display_url, newer?.display_url]);
  return { known, newer, older };
}
