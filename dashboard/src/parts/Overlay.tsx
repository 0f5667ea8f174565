import { Portal } from "@mantine/core";
import { memo, useMemo, useState, type PointerEvent } from "react";
import type { Role, Shown } from "../addresses";
import type { ObjectView, PredictionItem, PredictionView } from "../api/client";
import type { ColourOf } from "../colours";
import { objectPath } from "../geometry";

interface Props {
  item: PredictionItem;
  shown: Shown;
  colourOf: ColourOf;
  /** The object to highlight; while nobody gives one, the overlay highlights what the pointer is on. */
  lit?: string | null;
  onLight?: (key: string | null) => void;
  /** A dark line under the coloured one, for pictures as light as the colours. */
  edged?: boolean;
  /** Above this many objects, those of a label are drawn as one shape. */
  most?: number;
}

export const objectKey = (role: Role, position: number): string => `${role}-${position}`;

const viewsOf = (item: PredictionItem, shown: Shown): [Role, PredictionView][] => {
  const views: [Role, PredictionView | null][] = [
    ["shadow", shown === "champion" ? null : item.shadow],
    ["champion", shown === "shadow" ? null : item.champion],
  ];
  return views.filter((pair): pair is [Role, PredictionView] => pair[1] !== null);
};

/** The objects of a prediction drawn over its picture, crisp at every size. */
export const Overlay = memo(function Overlay({ item, shown, colourOf, lit, onLight, edged = false, most = Infinity }: Props) {
  const [tip, setTip] = useState<{ key: string; x: number; y: number } | null>(null);
  const views = useMemo(() => viewsOf(item, shown), [item, shown]);
  const find = (key: string | null | undefined): [Role, ObjectView] | undefined => {
    for (const [role, view] of views) {
      const object = key?.startsWith(`${role}-`) === true ? view.objects[Number(key.slice(role.length + 1))] : undefined;
      if (object !== undefined) return [role, object];
    }
    return undefined;
  };
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const key = event.buttons === 0 ? ((event.target as SVGElement).dataset.key ?? null) : null;
    setTip(key === null ? null : { key, x: event.clientX, y: event.clientY });
    onLight?.(key);
  };
  const leave = () => {
    setTip(null);
    onLight?.(null);
  };
  const bright = find(lit ?? tip?.key);
  const named = find(tip?.key);
  return (
    <>
      <svg viewBox={`0 0 ${item.width} ${item.height}`} preserveAspectRatio="none" role="img" aria-label={describe(views)} onPointerMove={point} onPointerLeave={leave}>
        {views.map(([role, view]) => (
          <Shapes key={role} role={role} view={view} colourOf={colourOf} dashed={role === "shadow" && shown === "both"} edged={edged} together={view.objects.length > most} />
        ))}
        {bright !== undefined && (
          <path className="shape lit" d={objectPath(bright[1].parts)} fill={colourOf(bright[1].label)} stroke={colourOf(bright[1].label)} fillRule="evenodd" />
        )}
      </svg>
      {tip !== null && named !== undefined && <Tip object={named[1]} role={shown === "both" ? named[0] : null} x={tip.x} y={tip.y} colourOf={colourOf} />}
    </>
  );
});

interface ShapesProps {
  role: Role;
  view: PredictionView;
  colourOf: ColourOf;
  dashed: boolean;
  edged: boolean;
  together: boolean;
}

/** Rendered once, however often a pointer passes over thousands of them. */
const Shapes = memo(function Shapes({ role, view, colourOf, dashed, edged, together }: ShapesProps) {
  const paths = view.objects.map((object) => objectPath(object.parts));
  return (
    <>
      {edged && <path className="edge" d={paths.join("")} />}
      {together
        ? byLabel(view.objects, paths).map(([label, d]) => <Shape key={label} role={role} label={label} d={d} colourOf={colourOf} dashed={dashed} />)
        : view.objects.map((object, position) => (
            <Shape key={position} role={role} label={object.label} d={paths[position] ?? ""} colourOf={colourOf} dashed={dashed} position={position} />
          ))}
    </>
  );
});

interface ShapeProps {
  role: Role;
  label: string;
  d: string;
  colourOf: ColourOf;
  dashed: boolean;
  position?: number;
}

function Shape({ role, label, d, colourOf, dashed, position }: ShapeProps) {
  return (
    <path
      className={dashed ? "shape shadow" : "shape"}
      data-testid="object-shape"
      data-label={label}
      data-role={role}
      data-key={position === undefined ? undefined : objectKey(role, position)}
      d={d}
      fill={colourOf(label)}
      stroke={colourOf(label)}
      fillRule="evenodd"
    />
  );
}

function byLabel(objects: ObjectView[], paths: string[]): [label: string, d: string][] {
  const all = new Map<string, string>();
  objects.forEach((object, position) => all.set(object.label, (all.get(object.label) ?? "") + (paths[position] ?? "")));
  return [...all];
}

function Tip({ object, role, x, y, colourOf }: { object: ObjectView; role: Role | null; x: number; y: number; colourOf: ColourOf }) {
  // Beside the pointer, on the side that has room.
  const left = x > innerWidth - 260 ? "calc(-100% - 12px)" : "14px";
  const top = y > innerHeight - 80 ? "calc(-100% - 10px)" : "16px";
  return (
    <Portal>
      <div className="tip" role="tooltip" data-testid="object-tip" style={{ left: x, top: y, transform: `translate(${left}, ${top})` }}>
        <span className="swatch" style={{ background: colourOf(object.label) }} />
        <b>{object.label}</b>
        {object.score !== null && <span> {object.score.toFixed(2)}</span>}
        {object.text !== null && <span> “{object.text}”</span>}
        {role !== null && <span className="tip-role"> {role}</span>}
      </div>
    </Portal>
  );
}

function describe(views: [Role, PredictionView][]): string {
  if (views.length === 0) return "no prediction";
  return views
    .map(([role, view]) => `${role}: ${view.object_count} objects${view.objects.length > 0 ? `, ${[...new Set(view.objects.map((o) => o.label))].join(", ")}` : ""}`)
    .join("; ");
}
