/** Where the reader was in a list, for when they come back from one of its pictures. */

import { useEffect, useLayoutEffect } from "react";

const places = new Map<string, number>();
const here = () => location.pathname + location.search;

/** Goes back to where the reader was at this address once there is something to scroll, and remembers it. */
export function useKeptScroll(ready: boolean): void {
  useLayoutEffect(() => {
    if (ready) scrollTo(0, places.get(here()) ?? 0);
  }, [ready]);
  useEffect(() => {
    if (!ready) return;
    const address = here();
    const remember = () => {
      if (here() === address) places.set(address, scrollY);
    };
    addEventListener("scroll", remember, { passive: true });
    return () => removeEventListener("scroll", remember);
  });
}
