import { Tooltip } from "@mantine/core";
import { useClock } from "../clock";
import { ago, localTime, utcTime } from "../words";

/** "3 s ago", ticking; the moment itself on hover. */
export function Ago({ moment }: { moment: string }) {
  return (
    <Tooltip label={`${localTime(moment)} · ${utcTime(moment)}`}>
      <AgoWords moment={moment} />
    </Tooltip>
  );
}

/** The same without a tooltip, where there are hundreds of them. */
export function AgoWords({ moment, ...rest }: { moment: string } & React.ComponentProps<"time">) {
  const words = useClock((now) => ago(moment, now));
  return <time dateTime={moment} {...rest}>{words}</time>;
}
