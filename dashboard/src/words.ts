/** Numbers and times as people read them. */

const UNITS: [limit: number, seconds: number, name: string][] = [
  [60, 1, "s"],
  [3600, 60, "min"],
  [86_400, 3600, "h"],
  [Infinity, 86_400, "d"],
];

/** "3 s ago". Times a little ahead of this clock count as now. */
export function ago(moment: string, now: number): string {
  const seconds = (now - Date.parse(moment)) / 1000;
  if (seconds < 1) return "now";
  const [, length, name] = UNITS.find(([limit]) => seconds < limit) ?? [0, 86_400, "d"];
  return `${Math.floor(seconds / length)} ${name} ago`;
}

const inZone = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** The reader's own zone. */
export const localTime = (moment: string): string => inZone.format(new Date(moment));

/** UTC to the millisecond. */
export const utcTime = (moment: string): string => `${new Date(moment).toISOString().replace("T", " ").replace("Z", "")} UTC`;

export const count = (value: number): string => value.toLocaleString("en");

/** A duration given in seconds: "4.2 ms", "257 ms", "3.41 s", "257 s". */
export function duration(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 1) return `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  return `${seconds.toFixed(seconds < 10 ? 2 : seconds < 100 ? 1 : 0)} s`;
}

export function bytes(size: number): string {
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(0)} KiB` : `${(size / 1024 / 1024).toFixed(1)} MiB`;
}

export const plural = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** A stable word of the interface as plain text: "outside_frame" is "outside frame". */
export const plain = (code: string): string => code.replaceAll("_", " ");

/** The same as the start of a line. */
export const titled = (code: string): string => sentence(plain(code));

/** The server's words as a sentence of the page: it writes them to follow a colon. */
export const sentence = (words: string): string => words.replace(/^\p{Ll}/u, (first) => first.toUpperCase());
