/** Whether the server answers at all, from what the open page's requests meet. */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { RequestFailed } from "./client";

/** No answer, or one from a proxy that got none itself. */
export const isAway = (error: unknown): boolean => error instanceof RequestFailed && [0, 502, 503, 504].includes(error.status);

export function useServerAway(): boolean {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback((listener: () => void) => cache.subscribe(listener), [cache]);
  return useSyncExternalStore(subscribe, () =>
    cache.getAll().some((query) => query.isActive() && isAway(query.state.fetchFailureReason ?? query.state.error)),
  );
}
