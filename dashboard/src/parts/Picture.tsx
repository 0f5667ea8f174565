import { useState } from "react";
import type { PredictionItem } from "../api/client";
import type { ColourOf } from "../colours";
import { Overlay, type Shown } from "./Overlay";

interface Props {
  item: PredictionItem;
  shown: Shown;
  colourOf: ColourOf;
  /** Width over height of the frame the picture is shown in. */
  aspect?: number;
}

/** A small picture with its objects; a picture that is not there leaves its frame and its objects. */
export function Picture({ item, shown, colourOf, aspect }: Props) {
  const frame = aspect ?? item.width / item.height;
  const own = item.width / item.height;
  // The picture fits inside the frame whole, so that no object is cut off.
  const inner = own > frame ? { width: "100%", aspectRatio: own, margin: "auto 0" } : { height: "100%", aspectRatio: own, margin: "0 auto" };
  return (
    <div className="picture" style={{ aspectRatio: frame, display: "flex" }}>
      <div style={{ position: "relative", ...inner }}>
        <Photograph item={item} address={item.thumbnail_url} />
        <Overlay item={item} shown={shown} colourOf={colourOf} />
      </div>
    </div>
  );
}

const ABSENT: Record<string, string> = {
  forgotten: "not kept, as asked",
  undecodable: "cannot be decoded",
};

/** The picture itself, or why there is none. */
export function Photograph({ item, address }: { item: PredictionItem; address: string | null | undefined }) {
  const [failed, setFailed] = useState<string | null>(null);
  if (address === null || address === undefined || failed === address) {
    return <div className="placeholder">Picture {ABSENT[item.image_state] ?? "cannot be shown"}</div>;
  }
  return (
    <img
      src={address}
      alt={item.filename}
      loading="lazy"
      decoding="async"
      draggable={false}
      style={{ position: "absolute", inset: 0, width: "100%", height: "100%" }}
      onError={() => setFailed(address)}
    />
  );
}
