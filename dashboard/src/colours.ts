/** Label colours: told apart by colour-blind eyes (after Okabe and Ito), the same for a label everywhere. */

import type { Deployment } from "./api/client";

const PALETTE = ["#e69f00", "#56b4e9", "#cc79a7", "#f0e442", "#00b088", "#d55e00", "#3f8fd2", "#b59ae0"];

function hash(text: string): number {
  let value = 2166136261;
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16777619);
  }
  return value >>> 0;
}

export type ColourOf = (label: string) => string;

/** Colours by place in the champion's label map; labels that are not in it get theirs from their name. */
export function labelColours(deployment: Pick<Deployment, "champion"> | undefined): ColourOf {
  const places = new Map(deployment?.champion?.labels.map((label, place) => [label.name, place]));
  return (label) => PALETTE[(places.get(label) ?? hash(label)) % PALETTE.length] ?? "#e69f00";
}
