/** What the pages read, and how often they read it again. */

import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useCallback } from "react";
import { get, type Deployment, type DeploymentList, type Me, type PredictionItem, type PredictionPage } from "./client";

export const LIVE_MILLISECONDS = 2000;
export const PAGE = 48;

export interface Filter {
  source: string | null;
  tag: string | null;
  flag: string | null;
}

export const useMe = () => useQuery({ queryKey: ["me"], queryFn: () => get<Me>("/v1/me"), staleTime: Infinity });

export const useDeployments = () =>
  useQuery({
    queryKey: ["deployments"],
    queryFn: () => get<DeploymentList>("/v1/deployments"),
    refetchInterval: LIVE_MILLISECONDS,
  });

const path = (deployment: string) => `/v1/deployments/${encodeURIComponent(deployment)}`;

export const useDeployment = (deployment: string) =>
  useQuery({
    queryKey: ["deployment", deployment],
    queryFn: () => get<Deployment>(path(deployment)),
    refetchInterval: LIVE_MILLISECONDS,
  });

const readPage = (deployment: string, filter: Filter, limit: number, cursor?: string | null) =>
  get<PredictionPage>(`${path(deployment)}/predictions`, { ...filter, limit: String(limit), cursor });

/** The newest predictions, read again and again. */
export const useNewest = (deployment: string, filter: Filter, limit: number) =>
  useQuery({
    queryKey: ["newest", deployment, filter, limit],
    queryFn: () => readPage(deployment, filter, limit),
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });

/** All predictions page by page, as they were when the first page was read. */
export const usePredictions = (deployment: string, filter: Filter) =>
  useInfiniteQuery({
    queryKey: ["predictions", deployment, filter],
    queryFn: ({ pageParam }) => readPage(deployment, filter, PAGE, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Infinity,
  });

/** Puts predictions that arrived since into the first page of what is shown. */
export function useAcceptArrivals(deployment: string, { source, tag, flag }: Filter) {
  const queries = useQueryClient();
  return useCallback(
    (arrivals: PredictionItem[]) => {
      queries.setQueryData<InfiniteData<PredictionPage>>(["predictions", deployment, { source, tag, flag }], (data) => {
        const [first, ...others] = data?.pages ?? [];
        return data && first && { ...data, pages: [{ ...first, items: newestFirst([...arrivals, ...first.items]) }, ...others] };
      });
    },
    [queries, deployment, source, tag, flag],
  );
}

/** Each once, ordered as the server orders them. */
function newestFirst(items: PredictionItem[]): PredictionItem[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return [...byId.values()].sort((a, b) => (a.filed_at < b.filed_at ? 1 : a.filed_at > b.filed_at ? -1 : 0));
}

export const usePrediction = (deployment: string, id: string) =>
  useQuery({
    queryKey: ["prediction", deployment, id],
    queryFn: () => get<PredictionItem>(`${path(deployment)}/predictions/${encodeURIComponent(id)}`),
    placeholderData: keepPreviousData,
  });
