/** Shapes in pixels of the picture, origin top left. */

import type { ObjectView, Part } from "./api/client";

type Ring = Part["outer"];

const ringPath = (ring: Ring): string =>
  ring.length === 0 ? "" : `M${ring.map((point) => `${point[0]} ${point[1]}`).join("L")}Z`;

/** An object as an SVG path; with the even-odd rule its holes stay open. */
export const objectPath = (parts: Part[]): string =>
  parts.map((part) => [part.outer, ...(part.holes ?? [])].map(ringPath).join("")).join("");

/** Area inside a ring in square pixels, by the shoelace formula. */
function ringArea(ring: Ring): number {
  let twice = 0;
  ring.forEach((point, n) => {
    const next = ring[(n + 1) % ring.length] ?? point;
    twice += Number(point[0]) * Number(next[1]) - Number(next[0]) * Number(point[1]);
  });
  return Math.abs(twice) / 2;
}

/** Area of an object without its holes, in square pixels. */
export const objectArea = (object: ObjectView): number =>
  object.parts.reduce(
    (sum, part) => sum + ringArea(part.outer) - (part.holes ?? []).reduce((holes, hole) => holes + ringArea(hole), 0),
    0,
  );

export interface View {
  scale: number;
  x: number;
  y: number;
}

export const MAX_SCALE = 40;

/** The view after zooming by `factor` with the point (x, y) of the window staying where it is. */
export function zoomAt(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(MAX_SCALE, Math.max(1, view.scale * factor));
  const ratio = scale / view.scale;
  return scale === 1 ? { scale: 1, x: 0, y: 0 } : { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

/** Width and height, in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** How much a picture must shrink or grow to fit whole into a frame. */
export const fitScale = (frame: Size, picture: Size): number =>
  Math.min(frame.width / picture.width, frame.height / picture.height);

/** The view moved back so far that the middle of the frame lies on the picture: it cannot be lost. */
export function keepInSight(view: View, frame: Size, picture: Size): View {
  if (view.scale === 1) return { scale: 1, x: 0, y: 0 };
  const fit = fitScale(frame, picture);
  const along = (at: number, outer: number, inner: number) => {
    const edge = ((outer - inner * fit) / 2) * view.scale;
    return Math.min(outer / 2 - edge, Math.max(outer / 2 - edge - inner * fit * view.scale, at));
  };
  return {
    scale: view.scale,
    x: along(view.x, frame.width, picture.width),
    y: along(view.y, frame.height, picture.height),
  };
}
