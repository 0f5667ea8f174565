/** Addresses of pages, and what the reader chose in them: the address holds it, so that it can be shared. */

import type { Filter } from "./api/queries";

export type Role = "champion" | "shadow";
/** Whose objects are drawn. */
export type Shown = Role | "both";

export const asShown = (text: string | null): Shown => (text === "shadow" || text === "both" ? text : "champion");

export const readFilter = (search: URLSearchParams): Filter => ({
  source: search.get("source"),
  tag: search.get("tag"),
  flag: search.get("flag"),
});

/** The search with one choice changed; null takes it out. */
export function withChoice(search: URLSearchParams, key: string, value: string | null): URLSearchParams {
  const after = new URLSearchParams(search);
  if (value === null || value === "") after.delete(key);
  else after.set(key, value);
  return after;
}

const suffix = (search: URLSearchParams | undefined): string => (search === undefined || search.size === 0 ? "" : `?${search}`);

export const deploymentAddress = (deployment: string, search?: URLSearchParams): string =>
  `/deployments/${encodeURIComponent(deployment)}${suffix(search)}`;

export const predictionAddress = (deployment: string, id: string, search?: URLSearchParams): string =>
  `/deployments/${encodeURIComponent(deployment)}/predictions/${encodeURIComponent(id)}${suffix(search)}`;

/**
 * The deployment's name in one of these addresses. The router decodes a path only as far as
 * `decodeURI` does, which leaves names with `=`, `&` or `?` in them half encoded.
 */
export function deploymentIn(path: string): string {
  const segment = path.split("/")[2] ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
