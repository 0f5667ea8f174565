/** Numbers and times as people read them. */

const UNITS: [limit: number, seconds: number, name: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [Infinity, 86_400, "day"],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });

/** "3s ago". Times a little ahead of this clock count as now. */
export function ago(moment: string, now: number): string {
  const seconds = (now - Date.parse(moment)) / 1000;
  if (seconds < 1) return "now";
  const unit = UNITS.find(([limit]) => seconds < limit) ?? UNITS[3];
  return unit === undefined ? "" : relative.format(-Math.floor(seconds / unit[1]), unit[2]);
}

const inZone = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** The reader's own zone. */
export const localTime = (moment: string): string => inZone.format(new Date(moment));

/** UTC to the millisecond. */
export const utcTime = (moment: string): string => `${new Date(moment).toISOString().replace("T", " ").replace("Z", "")} UTC`;

export const count = (value: number): string => value.toLocaleString("en");

export function milliseconds(seconds: number | null): string {
  if (seconds === null) return "–";
  return seconds < 10 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(1)} s`;
}

export function bytes(size: number): string {
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(0)} KiB` : `${(size / 1024 / 1024).toFixed(1)} MiB`;
}

export const plural = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** A stable word of the interface as plain text: "outside_frame" is "outside frame". */
export const plain = (code: string): string => code.replaceAll("_", " ");
