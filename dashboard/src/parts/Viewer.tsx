import { ActionIcon, Group } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef, useState, type PointerEvent } from "react";
import type { PredictionItem } from "../api/client";
import type { ColourOf } from "../colours";
import { zoomAt, type View } from "../geometry";
import { Overlay, type Shown } from "./Overlay";
import { Photograph } from "./Picture";

const WHOLE: View = { scale: 1, x: 0, y: 0 };
const STEP = 1.5;

interface Props {
  item: PredictionItem;
  shown: Shown;
  colourOf: ColourOf;
  lit: string | null;
  onLight: (key: string | null) => void;
}

/** One picture to look at closely: wheel, pinch, buttons or double click zoom, dragging moves. */
export function Viewer({ item, shown, colourOf, lit, onLight }: Props) {
  const { ref: measure, width, height } = useElementSize<HTMLDivElement>();
  const window = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(WHOLE);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const fit = Math.min(width / item.width, height / item.height);
  const left = (width - item.width * fit) / 2;
  const top = (height - item.height * fit) / 2;

  // React listens to the wheel passively; only an active listener can keep the page from scrolling.
  useEffect(() => {
    const element = window.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      setView((before) => zoomAt(before, Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if ((event.target as HTMLElement).closest("button") !== null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) {
      setView((at) => ({ ...at, x: at.x + now.x - before.x, y: at.y + now.y - before.y }));
    } else {
      const box = event.currentTarget.getBoundingClientRect();
      const spread = (p: { x: number; y: number }) => Math.hypot(p.x - other.x, p.y - other.y);
      setView((at) => zoomAt(at, spread(now) / Math.max(1, spread(before)), (now.x + other.x) / 2 - box.left, (now.y + other.y) / 2 - box.top));
    }
    pointers.current.set(event.pointerId, now);
  };
  const release = (event: PointerEvent) => pointers.current.delete(event.pointerId);
  const zoom = (factor: number) => setView((at) => zoomAt(at, factor, width / 2, height / 2));

  return (
    <div
      ref={(element) => {
        window.current = element;
        (measure as (element: HTMLDivElement | null) => void)(element);
      }}
      className="viewer"
      data-testid="viewer"
      data-scale={view.scale.toFixed(3)}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        setView((at) => zoomAt(at, STEP * STEP, event.clientX - box.left, event.clientY - box.top));
      }}
    >
      <div
        className={`viewer-content ${view.scale * fit > 3 ? "close" : ""}`}
        style={{
          left: view.x + left * view.scale,
          top: view.y + top * view.scale,
          width: item.width * fit * view.scale,
          height: item.height * fit * view.scale,
        }}
      >
        <Photograph item={item} address={item.display_url} />
        <Overlay item={item} shown={shown} colourOf={colourOf} lit={lit} onLight={onLight} />
      </div>
      <Group gap={4} className="viewer-tools">
        <ActionIcon variant="default" aria-label="Zoom in" onClick={() => zoom(STEP)}>+</ActionIcon>
        <ActionIcon variant="default" aria-label="Zoom out" onClick={() => zoom(1 / STEP)}>−</ActionIcon>
        <ActionIcon variant="default" aria-label="Show the whole picture" onClick={() => setView(WHOLE)}>⤢</ActionIcon>
      </Group>
    </div>
  );
}
