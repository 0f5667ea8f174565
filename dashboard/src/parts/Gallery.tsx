import { Button, Group, Loader, Skeleton, Text } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import type { Shown } from "../addresses";
import type { PredictionItem } from "../api/client";
import { useListUpdates, useNewest, type Filter, type usePredictions } from "../api/queries";
import type { ColourOf } from "../colours";
import { findArrivals } from "../lists";
import { Up } from "./icons";
import { commonAspect } from "./Picture";
import { Tile } from "./Tile";
import { Trouble } from "./Trouble";

const NEAR_TOP_PIXELS = 300;
/** A page left open for days keeps no more than this. */
const MOST_WHILE_WATCHING = 240;

interface Props {
  deployment: string;
  filter: Filter;
  pages: ReturnType<typeof usePredictions>;
  items: PredictionItem[];
  shown: Shown;
  colourOf: ColourOf;
  /** The search part of the page's address, which its pictures' pages keep. */
  search: string;
}

/** Pictures, the newest first. */
export function Gallery({ deployment, filter, pages, items, shown, colourOf, search }: Props) {
  const newest = useNewest(deployment, filter);
  const { accept, restart } = useListUpdates(deployment, filter);
  const loaded = pages.data !== undefined && !newest.isPlaceholderData;
  const { items: waiting, gap } = useMemo(() => findArrivals(items, loaded ? (newest.data?.items ?? []) : []), [items, newest.data, loaded]);

  const catchUp = () => {
    // Where the list has grown long, or may lack some, it starts anew: otherwise it would never end, or have holes.
    if (gap || items.length > MOST_WHILE_WATCHING) void restart().catch(() => undefined);
    else accept(waiting);
  };
  // Near the top new pictures slip in; further down they wait, so that nothing moves under the reader's eyes.
  useEffect(() => {
    if (waiting.length > 0 && scrollY < NEAR_TOP_PIXELS) catchUp();
  });

  const showNew = () => {
    catchUp();
    scrollTo({ top: 0, behavior: "smooth" });
  };
  const aspect = commonAspect(items);
  return (
    <>
      <Trouble error={pages.error} />
      {waiting.length > 0 && <Button className="new-pill" radius="xl" size="compact-md" leftSection={<Up />} onClick={showNew}>{waiting.length}{gap && "+"} new</Button>}
      <div className="tiles" aria-busy={pages.isPending}>
        {pages.isPending && Array.from({ length: 15 }, (_, n) => <div key={n} className="tile"><Skeleton style={{ aspectRatio: aspect }} /><div className="tile-words">&nbsp;</div></div>)}
        {items.map((item) => <Tile key={item.id} item={item} deployment={deployment} shown={shown} colourOf={colourOf} aspect={aspect} search={search} />)}
      </div>
      {pages.data !== undefined && items.length === 0 && <Text c="dimmed" mt="xl" ta="center">No prediction matches this choice.</Text>}
      <More onSeen={() => void pages.fetchNextPage()} when={pages.hasNextPage && !pages.isFetchingNextPage} busy={pages.isFetchingNextPage} />
    </>
  );
}

/** The end of the list: reads on before the reader gets there. */
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
