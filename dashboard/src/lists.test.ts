import { describe, expect, it } from "vitest";
import type { PredictionItem, PredictionView } from "./api/client";
import { countLabels, findArrivals, findNeighbours, newestFirst } from "./lists";

const view = (...labels: string[]): PredictionView => ({
  model_version: "v1",
  model_version_id: null,
  latency_seconds: 0.1,
  object_count: labels.length,
  objects: labels.map((label) => ({ class_id: 0, label, score: null, text: null, parts: [] })),
});

function aPrediction(id: string, minute = 0, champion = view(), shadow: PredictionView | null = null): PredictionItem {
  const at = `2026-01-02T12:${String(minute).padStart(2, "0")}:00.000000Z`;
  return { id, filed_at: at, champion, shadow } as PredictionItem;
}

const ids = (items: PredictionItem[]) => items.map((item) => item.id).join("");

describe("newestFirst", () => {
  it("orders by filing time and keeps each once", () => {
    expect(ids(newestFirst([aPrediction("a", 1), aPrediction("b", 3), aPrediction("a", 1), aPrediction("c", 2)]))).toBe("bca");
  });
});

describe("findArrivals", () => {
  const list = [aPrediction("c", 3), aPrediction("b", 2)];

  it("finds what the list does not hold", () => {
    const { items, gap } = findArrivals(list, [aPrediction("d", 4), aPrediction("c", 3)]);
    expect(ids(items)).toBe("d");
    expect(gap).toBe(false);
  });

  it("knows that it may have missed some when nothing is known", () => {
    expect(findArrivals(list, [aPrediction("f", 6), aPrediction("e", 5)]).gap).toBe(true);
  });

  it("misses nothing in a list that was empty", () => {
    expect(findArrivals([], [aPrediction("a", 1)])).toMatchObject({ gap: false });
  });
});

describe("findNeighbours", () => {
  const list = [aPrediction("c", 3), aPrediction("b", 2), aPrediction("a", 1)];

  it("looks both ways", () => {
    const { newer, older, last } = findNeighbours(list, "b");
    expect([newer?.id, older?.id, last]).toEqual(["c", "a", false]);
  });

  it("tells the end from not being there", () => {
    expect(findNeighbours(list, "a")).toMatchObject({ older: undefined, last: true });
    expect(findNeighbours(list, "z")).toEqual({ newer: undefined, older: undefined, last: false });
  });
});

describe("countLabels", () => {
  const list = [aPrediction("a", 1, view("cat", "cat", "class 10"), view("dog", "class 9"))];

  it("counts the champion's, known labels first even where there are none", () => {
    expect(countLabels(list, "champion", ["dog", "cat"])).toEqual([["dog", 0], ["cat", 2], ["class 10", 1]]);
  });

  it("counts both, others by their number", () => {
    expect(countLabels(list, "both", ["dog", "cat"])).toEqual([["dog", 1], ["cat", 2], ["class 9", 1], ["class 10", 1]]);
  });
});
