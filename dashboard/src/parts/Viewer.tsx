import { ActionIcon, Group, Text } from "@mantine/core";
import { useElementSize, useMergedRef, useWindowEvent } from "@mantine/hooks";
import { useEffect, useRef, useState, type PointerEvent } from "react";
import type { Shown } from "../addresses";
import type { PredictionItem } from "../api/client";
import type { ColourOf } from "../colours";
import { fitScale, keepInSight, zoomAt, type View } from "../geometry";
import { Minus, Plus, Whole } from "./icons";
import { Overlay } from "./Overlay";
import { Photograph } from "./Picture";

const WHOLE: View = { scale: 1, x: 0, y: 0 };
const STEP = 1.5;
/** Lines of a wheel that counts in lines, in pixels. */
const LINE = 33;

interface Props {
  item: PredictionItem;
  shown: Shown;
  colourOf: ColourOf;
  lit: string | null;
  onLight: (key: string | null) => void;
}

/** One picture to look at closely: wheel, pinch, keys, buttons or double click zoom, dragging moves. */
export function Viewer({ item, shown, colourOf, lit, onLight }: Props) {
  const { ref: measure, width, height } = useElementSize<HTMLDivElement>();
  const frame = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(frame, measure);
  const [view, setView] = useState(WHOLE);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const fit = fitScale({ width, height }, item);
  const left = (width - item.width * fit) / 2;
  const top = (height - item.height * fit) / 2;
  const move = (to: (at: View) => View) => setView((at) => keepInSight(to(at), { width, height }, item));
  const zoom = (factor: number) => move((at) => zoomAt(at, factor, width / 2, height / 2));

  // React listens to the wheel passively; only an active listener can keep the page from scrolling.
  const onWheel = useRef<(event: WheelEvent) => void>(() => undefined);
  useEffect(() => {
    onWheel.current = (event) => {
      event.preventDefault();
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      // A pinch on a touchpad arrives as a wheel with Ctrl held, in small steps.
      const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1) * (event.ctrlKey ? 5 : 1);
      move((at) => zoomAt(at, Math.exp(-turned * 0.0015), event.clientX - box.left, event.clientY - box.top));
    };
  });
  useEffect(() => {
    const element = frame.current;
    const listener = (event: WheelEvent) => onWheel.current(event);
    element?.addEventListener("wheel", listener, { passive: false });
    return () => element?.removeEventListener("wheel", listener);
  }, []);
  useWindowEvent("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    if (event.key === "+" || event.key === "=") zoom(STEP);
    else if (event.key === "-") zoom(1 / STEP);
    else if (event.key === "0") setView(WHOLE);
  });

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || (event.target as HTMLElement).closest("button") !== null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) {
      move((at) => ({ ...at, x: at.x + now.x - before.x, y: at.y + now.y - before.y }));
    } else {
      const box = event.currentTarget.getBoundingClientRect();
      const spread = (p: { x: number; y: number }) => Math.hypot(p.x - other.x, p.y - other.y);
      move((at) => zoomAt(at, spread(now) / Math.max(1, spread(before)), (now.x + other.x) / 2 - box.left, (now.y + other.y) / 2 - box.top));
    }
    pointers.current.set(event.pointerId, now);
  };
  const release = (event: PointerEvent) => pointers.current.delete(event.pointerId);

  return (
    <div
      ref={ref}
      className="viewer"
      role="region"
      aria-label="Picture: wheel or + and − zoom, 0 shows all of it, dragging moves"
      data-testid="viewer"
      data-scale={view.scale.toFixed(3)}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={(event) => {
        if ((event.target as HTMLElement).closest("button") !== null) return;
        const box = event.currentTarget.getBoundingClientRect();
        move((at) => zoomAt(at, STEP * STEP, event.clientX - box.left, event.clientY - box.top));
      }}
    >
      {width > 0 && (
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
          <Overlay item={item} shown={shown} colourOf={colourOf} lit={lit} onLight={onLight} edged />
        </div>
      )}
      <Group gap={4} className="viewer-tools">
        <Text size="xs" className="viewer-scale" aria-label="Size on screen against pixels of the picture">{Math.round(fit * view.scale * 100)} %</Text>
        <ActionIcon variant="default" aria-label="Zoom in" onClick={() => zoom(STEP)}><Plus /></ActionIcon>
        <ActionIcon variant="default" aria-label="Zoom out" onClick={() => zoom(1 / STEP)}><Minus /></ActionIcon>
        <ActionIcon variant="default" aria-label="Show the whole picture" onClick={() => setView(WHOLE)}><Whole /></ActionIcon>
      </Group>
    </div>
  );
}
