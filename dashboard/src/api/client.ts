/** Requests to the server: with the reader's token, errors in the server's own words. */

import { readToken, signOut } from "../session";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Deployment = Schemas["Deployment"];
export type DeploymentList = Schemas["DeploymentList"];
export type Me = Schemas["Me"];
export type PredictionItem = Schemas["PredictionItem"];
export type PredictionPage = Schemas["PredictionPage"];
export type PredictionView = Schemas["PredictionView"];
export type ObjectView = Schemas["ObjectView"];
export type Part = Schemas["WirePart"];
type Problem = Schemas["Problem"];

export class RequestFailed extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The server could not be reached at all. */
export const UNREACHABLE = 0;

export async function get<Answer>(path: string, query: Record<string, string | null | undefined> = {}): Promise<Answer> {
  const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const address = given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
  const token = readToken();
  let response: Response;
  try {
    response = await fetch(address, { headers: { Authorization: `Bearer ${token ?? ""}` } });
  } catch {
    throw new RequestFailed("The server cannot be reached. Trying again…", UNREACHABLE);
  }
  if (response.ok) {
    return (await response.json()) as Answer;
  }
  const problem = (await response.json().catch(() => null)) as Problem | null;
  const message = problem?.detail ?? `The server answered ${response.status}.`;
  // A late answer to an earlier token says nothing about the present one.
  if (response.status === 401 && token === readToken()) {
    signOut(message);
  }
  throw new RequestFailed(message, response.status);
}
