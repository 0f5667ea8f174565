import { useClock } from "../clock";

const FRESH_MILLISECONDS = 15_000;

/** A dot that is bright while predictions are arriving. */
export function Live({ moment }: { moment: string }) {
  const fresh = useClock((now) => now - Date.parse(moment) < FRESH_MILLISECONDS);
  return <span className={fresh ? "live-dot fresh" : "live-dot"} title={fresh ? "Predictions are arriving" : "Nothing has arrived for a while"} />;
}
