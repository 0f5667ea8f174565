import { memo } from "react";
import { Link } from "wouter";
import { predictionAddress, type Shown } from "../addresses";
import type { PredictionItem } from "../api/client";
import type { ColourOf } from "../colours";
import { duration, localTime, plural } from "../words";
import { AgoWords } from "./Ago";
import { FlagSign } from "./icons";
import { Picture } from "./Picture";

interface Props {
  item: PredictionItem;
  deployment: string;
  shown: Shown;
  colourOf: ColourOf;
  aspect: number;
  search: string;
}

/** One picture of the gallery with its first facts. */
export const Tile = memo(function Tile({ item, deployment, shown, colourOf, aspect, search }: Props) {
  const view = shown === "shadow" ? item.shadow : item.champion;
  return (
    <Link href={predictionAddress(deployment, item.id, new URLSearchParams(search))} className="tile" data-testid="prediction-tile">
      <Picture item={item} shown={shown} colourOf={colourOf} aspect={aspect} />
      <div className="tile-words">
        <span>{item.source ?? "–"} · {view === null ? "no shadow" : `${plural(view.object_count, "object")} · ${duration(view.latency_seconds)}`}</span>
        <span className="tile-end">
          {item.flags.length > 0 && <span className="flag-sign" title={item.flags.map((flag) => flag.message).join("\n")} aria-label="flagged"><FlagSign /></span>}
          <AgoWords moment={item.filed_at} title={localTime(item.filed_at)} />
        </span>
      </div>
    </Link>
  );
});
