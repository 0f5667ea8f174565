import { describe, expect, it } from "vitest";
import type { ObjectView } from "./api/client";
import { fitScale, keepInSight, MAX_SCALE, objectArea, objectPath, zoomAt } from "./geometry";

const square = (x: number, y: number, side: number): [number, number][] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];

describe("objectPath", () => {
  it("closes every ring, holes after their outer ring", () => {
    expect(objectPath([{ outer: square(0, 0, 2), holes: [square(0.5, 0.5, 1)] }])).toBe(
      "M0 0L2 0L2 2L0 2ZM0.5 0.5L1.5 0.5L1.5 1.5L0.5 1.5Z",
    );
  });

  it("is empty for a ring without points", () => {
    expect(objectPath([{ outer: [], holes: [] }])).toBe("");
  });
});

describe("objectArea", () => {
  it("adds parts and takes holes away", () => {
    const parts = [{ outer: square(0, 0, 10), holes: [square(2, 2, 3)] }, { outer: square(20, 20, 2) }];
    expect(objectArea({ class_id: 0, label: "a", score: null, text: null, parts } as ObjectView)).toBe(100 - 9 + 4);
  });
});

describe("zoomAt", () => {
  it("keeps the point under the pointer where it is", () => {
    const before = { scale: 2, x: -50, y: -20 };
    const after = zoomAt(before, 1.5, 120, 80);
    expect((120 - after.x) / after.scale).toBeCloseTo((120 - before.x) / before.scale);
    expect((80 - after.y) / after.scale).toBeCloseTo((80 - before.y) / before.scale);
  });

  it("stays between the whole picture and the closest view", () => {
    expect(zoomAt({ scale: 1.1, x: 5, y: 5 }, 0.1, 0, 0)).toEqual({ scale: 1, x: 0, y: 0 });
    expect(zoomAt({ scale: 30, x: 0, y: 0 }, 100, 0, 0).scale).toBe(MAX_SCALE);
  });
});

describe("keepInSight", () => {
  const frame = { width: 800, height: 600 };
  const picture = { width: 400, height: 600 };

  it("leaves the whole picture in its place", () => {
    expect(keepInSight({ scale: 1, x: 90, y: -40 }, frame, picture)).toEqual({ scale: 1, x: 0, y: 0 });
  });

  it("leaves a view alone that shows the picture", () => {
    const view = { scale: 2, x: -400, y: -300 };
    expect(keepInSight(view, frame, picture)).toEqual(view);
  });

  it("stops when an edge reaches the middle of the frame", () => {
    // Twice as large, the picture's left edge lies at x + 400 and its right edge at x + 1200.
    expect(keepInSight({ scale: 2, x: 5000, y: 5000 }, frame, picture)).toEqual({ scale: 2, x: 0, y: 300 });
    expect(keepInSight({ scale: 2, x: -5000, y: -5000 }, frame, picture)).toEqual({ scale: 2, x: -800, y: -900 });
  });

  it("fits by the tighter side", () => {
    expect(fitScale(frame, { width: 1600, height: 600 })).toBe(0.5);
  });
});
