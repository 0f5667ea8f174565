/** Lists of predictions: what is new in them, who stands beside whom, which labels they hold. */

import type { Shown } from "./addresses";
import type { PredictionItem } from "./api/client";

/** Each once, the newest first, as the server orders them. */
export function newestFirst(items: PredictionItem[]): PredictionItem[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return [...byId.values()].sort((a, b) => (a.filed_at < b.filed_at ? 1 : a.filed_at > b.filed_at ? -1 : 0));
}

export interface Arrivals {
  items: PredictionItem[];
  /** More may have arrived than the look at the newest could hold. */
  gap: boolean;
}

/** What a look at the newest shows that the list read earlier does not hold. */
export function findArrivals(list: PredictionItem[], newest: PredictionItem[]): Arrivals {
  const known = new Set(list.map((item) => item.id));
  const items = newest.filter((item) => !known.has(item.id));
  return { items, gap: items.length > 0 && items.length === newest.length && list.length > 0 };
}

export interface Neighbours {
  newer: PredictionItem | undefined;
  older: PredictionItem | undefined;
  /** The list as far as it was read ends here. */
  last: boolean;
}

export function findNeighbours(list: PredictionItem[], id: string): Neighbours {
  const place = list.findIndex((item) => item.id === id);
  if (place < 0) return { newer: undefined, older: undefined, last: false };
  return { newer: list[place - 1], older: list[place + 1], last: place === list.length - 1 };
}

/** How often each label occurs in what is shown: `labels` first and in their order, then others by name. */
export function countLabels(list: PredictionItem[], shown: Shown, labels: string[]): [label: string, count: number][] {
  const counts = new Map(labels.map((label) => [label, 0]));
  const others = new Map<string, number>();
  for (const item of list) {
    for (const view of [shown === "shadow" ? null : item.champion, shown === "champion" ? null : item.shadow]) {
      for (const { label } of view?.objects ?? []) {
        const home = counts.has(label) ? counts : others;
        home.set(label, (home.get(label) ?? 0) + 1);
      }
    }
  }
  return [...counts, ...[...others].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))];
}
