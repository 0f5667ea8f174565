import { useState } from "react";
import type { Shown } from "../addresses";
import type { PredictionItem } from "../api/client";
import type { ColourOf } from "../colours";
import { Overlay } from "./Overlay";

interface Props {
  item: PredictionItem;
  shown: Shown;
  colourOf: ColourOf;
  /** Width over height of the frame the picture is shown in. */
  aspect: number;
  /** Too small for words; fills its frame, cut off at the edges. */
  tiny?: boolean;
}

/** More objects than this are a texture in a small picture; drawn one by one they would only cost time. */
const MOST_SMALL_SHAPES = 300;

/** One frame for a list of pictures, after the newest: most cameras keep their shape. */
export const commonAspect = (items: PredictionItem[]): number =>
  items[0] === undefined ? 4 / 3 : Math.min(1.8, Math.max(0.7, items[0].width / items[0].height));

/** A small picture with its objects; a picture that is not there leaves its frame and its objects. */
export function Picture({ item, shown, colourOf, aspect, tiny = false }: Props) {
  const own = item.width / item.height;
  // A tiny picture fills its frame; any other fits inside it whole, so that no object is cut off.
  const inner = own > aspect === tiny ? { height: "100%" } : { width: "100%" };
  return (
    <div className="picture" style={{ aspectRatio: aspect }}>
      <div className="picture-content" style={{ aspectRatio: own, ...inner }}>
        <Photograph item={item} address={item.thumbnail_url} tiny={tiny} />
        <Overlay item={item} shown={shown} colourOf={colourOf} most={MOST_SMALL_SHAPES} />
      </div>
    </div>
  );
}

const ABSENT: Record<string, string> = {
  forgotten: "Picture not kept, as asked",
  undecodable: "Picture cannot be decoded",
};

/** The picture itself, or why there is none. */
export function Photograph({ item, address, tiny = false }: { item: PredictionItem; address: string | null; tiny?: boolean }) {
  const [failed, setFailed] = useState<string | null>(null);
  if (address === null || failed === address) {
    const why = ABSENT[item.image_state] ?? "Picture cannot be shown";
    return <div className="placeholder" title={why}>{!tiny && <span>{why}</span>}</div>;
  }
  return <img src={address} alt={item.filename} loading="lazy" decoding="async" draggable={false} onError={() => setFailed(address)} />;
}
