import { Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { ago, localTime, utcTime } from "../words";

/** "3s ago", ticking; the moment itself on hover. */
export function Ago({ moment }: { moment: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Tooltip label={`${localTime(moment)} · ${utcTime(moment)}`}>
      <time dateTime={moment}>{ago(moment, now)}</time>
    </Tooltip>
  );
}
