import { describe, expect, it } from "vitest";
import { labelColours, PALETTE } from "./colours";

type Triple = [number, number, number];

/** Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. */
const SIGHT: Record<string, Triple[]> = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
};

function linear(colour: string): Triple {
  const channel = (at: number) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const dot = (row: Triple, by: Triple): number => row[0] * by[0] + row[1] * by[1] + row[2] * by[2];
const seenAs = (sight: Triple[], rgb: Triple): Triple =>
  sight.map((row) => Math.min(1, Math.max(0, dot(row, rgb)))) as Triple;

/** CIE L*a*b* for D65. */
function lab(rgb: Triple): Triple {
  const curve = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * t / 116 + 16 / 116);
  const x = curve(dot([0.4124564, 0.3575761, 0.1804375], rgb) / 0.95047);
  const y = curve(dot([0.2126729, 0.7151522, 0.072175], rgb));
  const z = curve(dot([0.0193339, 0.119192, 0.9503041], rgb) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe("the palette", () => {
  it.each(Object.keys(SIGHT))("keeps every two colours apart in %s sight", (sight) => {
    const seen = PALETTE.map((colour) => lab(seenAs(SIGHT[sight] ?? [], linear(colour))));
    seen.forEach((one, n) =>
      seen.slice(n + 1).forEach((other, m) => {
        const apart = Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
        expect(apart, `${PALETTE[n]} and ${PALETTE[n + 1 + m]}`).toBeGreaterThan(10);
      }),
    );
  });

  it("is light enough for dark pictures", () => {
    PALETTE.forEach((colour) => expect(lab(linear(colour))[0]).toBeGreaterThan(50));
  });
});

describe("labelColours", () => {
  const champion = (names: string[]) => ({
    champion: { id: "1", name: "v1", model: "m", version: 1, type: "SEGMENTATION", labels: names.map((name, class_id) => ({ class_id, name })) },
  });

  it("gives an unknown class a colour that no known label has, always the same", () => {
    const names = ["pore", "crack", "spatter", "undercut"];
    const colour = labelColours(champion(names));
    for (const unknown of ["class 7", "class 8", "class 9", "class 10"]) {
      expect(names.map(colour)).not.toContain(colour(unknown));
      expect(labelColours(champion(names))(unknown)).toBe(colour(unknown));
    }
  });

  it("starts again where there are more labels than colours", () => {
    const names = PALETTE.map((_, n) => `label ${n}`);
    const colour = labelColours(champion([...names, "one more"]));
    expect(colour("one more")).toBe(colour("label 0"));
    expect(PALETTE).toContain(colour("class 99"));
  });
});
