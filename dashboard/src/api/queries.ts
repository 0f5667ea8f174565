/** What the pages read, and how often they read it again. */

import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";
import { newestFirst } from "../lists";
import { get, type Deployment, type DeploymentList, type Me, type PredictionItem, type PredictionPage } from "./client";

export const LIVE_MILLISECONDS = 2000;
export const PAGE = 48;
/** A look at the newest is repeated all the time, so it is a short one. */
const GLANCE = 12;

export interface Filter {
  source: string | null;
  tag: string | null;
  flag: string | null;
}

/** What is read once is asked for again only while the server has not answered. */
const untilRead = ({ state }: { state: { status: string; data: unknown } }): number | false =>
  state.status === "error" && state.data === undefined ? LIVE_MILLISECONDS : false;

export const useMe = () =>
  useQuery({ queryKey: ["me"], queryFn: () => get<Me>("/v1/me"), staleTime: Infinity, refetchInterval: untilRead });

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
export const useNewest = (deployment: string, filter: Filter, limit = GLANCE) =>
  useQuery({
    queryKey: ["newest", deployment, filter, limit],
    queryFn: () => readPage(deployment, filter, limit),
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });

const listKey = (deployment: string, filter: Filter) => ["predictions", deployment, filter];

/** All predictions page by page, as they were when the first page was read. */
export const usePredictions = (deployment: string, filter: Filter) =>
  useInfiniteQuery({
    queryKey: listKey(deployment, filter),
    queryFn: ({ pageParam }) => readPage(deployment, filter, PAGE, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Infinity,
    refetchInterval: untilRead,
  });

type List = InfiniteData<PredictionPage, string | null>;

/** Ways to bring a list that was read earlier up to date. */
export function useListUpdates(deployment: string, { source, tag, flag }: Filter) {
  const queries = useQueryClient();
  return useMemo(() => {
    const filter = { source, tag, flag };
    return {
      /** Puts predictions that arrived since into the first page of the list. */
      accept: (arrivals: PredictionItem[]) => {
        queries.setQueryData<List>(listKey(deployment, filter), (list) => {
          const [first, ...others] = list?.pages ?? [];
          return list && first && { ...list, pages: [{ ...first, items: newestFirst([...arrivals, ...first.items]) }, ...others] };
        });
      },
      /** Starts the list anew from its newest page; the old one is shown until that is there. */
      restart: async () => {
        const page = await queries.fetchQuery({
          queryKey: ["first page", deployment, filter],
          queryFn: () => readPage(deployment, filter, PAGE),
          staleTime: 0,
        });
        queries.setQueryData<List>(listKey(deployment, filter), { pages: [page], pageParams: [null] });
      },
    };
  }, [queries, deployment, source, tag, flag]);
}

/** One prediction; `known` from a list is shown until it has been read. */
export const usePrediction = (deployment: string, id: string, known: PredictionItem | undefined) =>
  useQuery({
    queryKey: ["prediction", deployment, id],
    queryFn: () => get<PredictionItem>(`${path(deployment)}/predictions/${encodeURIComponent(id)}`),
    placeholderData: () => known,
    // Measurements follow a moment after the prediction itself.
    refetchInterval: (query) => (query.state.data?.measurements === null ? LIVE_MILLISECONDS : untilRead(query)),
  });
