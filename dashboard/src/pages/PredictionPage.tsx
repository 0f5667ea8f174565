import { Anchor, Button, Grid, Group, Kbd, Skeleton, Stack, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import type { PredictionItem, PredictionPage as Page } from "../api/client";
import { useDeployment, usePrediction } from "../api/queries";
import { labelColours } from "../colours";
import { Facts } from "../parts/Facts";
import { asShown, RoleSwitch } from "../parts/RoleSwitch";
import { Trouble } from "../parts/Trouble";
import { Viewer } from "../parts/Viewer";

export function PredictionPage({ deployment: name, id }: { deployment: string; id: string }) {
  const { data: item, error } = usePrediction(name, id);
  const { data: deployment } = useDeployment(name);
  const [search, setSearch] = useSearchParams();
  const [lit, setLit] = useState<string | null>(null);
  const [, navigate] = useLocation();
  const neighbours = useNeighbours(name, id);
  const shown = asShown(search.get("show"));
  const home = `/deployments/${encodeURIComponent(name)}`;
  const suffix = search.size > 0 ? `?${search}` : "";
  const go = (to: string | undefined) => to !== undefined && navigate(`${home}/predictions/${to}${suffix}`);
  useHotkeys([
    ["ArrowLeft", () => go(neighbours.newer)],
    ["ArrowRight", () => go(neighbours.older)],
    ["Escape", () => navigate(home + suffix)],
  ]);
  const colourOf = labelColours(deployment);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Group gap="xs">
          <Anchor component={Link} href="/" size="sm">Deployments</Anchor><Text size="sm" c="dimmed">/</Text>
          <Anchor component={Link} href={home + suffix} size="sm">{name}</Anchor><Text size="sm" c="dimmed">/ {item?.filename ?? "…"}</Text>
        </Group>
        <Group gap="xs">
          <RoleSwitch shown={shown} hasShadow={(item?.shadow ?? null) !== null} onChange={(value) => setSearch(value === "champion" ? {} : { show: value }, { replace: true })} />
          <Button variant="default" size="sm" disabled={neighbours.newer === undefined} onClick={() => go(neighbours.newer)}>← Newer</Button>
          <Button variant="default" size="sm" disabled={neighbours.older === undefined} onClick={() => go(neighbours.older)}>Older →</Button>
          <Text size="xs" c="dimmed" visibleFrom="lg"><Kbd>←</Kbd> <Kbd>→</Kbd> <Kbd>Esc</Kbd></Text>
        </Group>
      </Group>
      <Trouble error={error} />
      {item === undefined ? (
        error === null && <Skeleton height={600} />
      ) : (
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 8.4 }}><Viewer key={item.id} item={item} shown={shown} colourOf={colourOf} lit={lit} onLight={setLit} /></Grid.Col>
          <Grid.Col span={{ base: 12, md: 3.6 }}><Facts item={item} shown={shown} colourOf={colourOf} lit={lit} onLight={setLit} /></Grid.Col>
        </Grid>
      )}
    </Stack>
  );
}

/** The predictions before and after, in whatever list the reader came from. */
function useNeighbours(deployment: string, id: string): { newer?: string | undefined; older?: string | undefined } {
  const lists = useQueryClient().getQueriesData<{ pages: Page[] }>({ queryKey: ["predictions", deployment] });
  for (const [, data] of lists) {
    const items: PredictionItem[] = data?.pages.flatMap((page) => page.items) ?? [];
    const place = items.findIndex((item) => item.id === id);
    if (place >= 0) return { newer: items[place - 1]?.id, older: items[place + 1]?.id };
  }
  return {};
}
