/** Label colours: told apart by colour-blind eyes, on dark and on light pictures, the same for a label everywhere. */

import type { Deployment } from "./api/client";

// After Okabe and Ito, with their black and dark blue, which dark pictures swallow, made light grey and violet.
export const PALETTE = ["#e69f00", "#56b4e9", "#d94fa0", "#f0e442", "#00a878", "#d55e00", "#7f74e8", "#c3ccd0"];

/** FNV-1a. */
function hash(text: string): number {
  let value = 2166136261;
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16777619);
  }
  return value >>> 0;
}

export type ColourOf = (label: string) => string;

/**
 * Colours by place in the champion's label map. A label that is not in it, such as "class 7", gets its
 * own from its name, or a free one if a label of the map has that.
 */
export function labelColours(deployment: Pick<Deployment, "champion"> | undefined): ColourOf {
  const places = new Map(deployment?.champion?.labels.map((label, place) => [label.name, place]));
  return (label) => {
    const own = places.get(label);
    const named = hash(label) % PALETTE.length;
    const taken = named < places.size && places.size < PALETTE.length;
    const free = PALETTE.length - places.size;
    const place = own ?? (taken ? places.size + (named % free) : named);
    return PALETTE[place % PALETTE.length] ?? "";
  };
}
