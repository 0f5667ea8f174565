import type { PredictionItem, PredictionView } from "../api/client";
import type { ColourOf } from "../colours";
import { objectPath } from "../geometry";

export type Shown = "champion" | "shadow" | "both";

interface Props {
  item: PredictionItem;
  shown: Shown;
  colourOf: ColourOf;
  /** Position of the object to highlight, in the prediction of that role. */
  lit?: string | null;
  onLight?: (key: string | null) => void;
}

export const objectKey = (role: string, position: number): string => `${role}-${position}`;

/** The objects of a prediction drawn over its picture, crisp at every size. */
export function Overlay({ item, shown, colourOf, lit = null, onLight }: Props) {
  const roles: ["champion" | "shadow", PredictionView | null][] = [
    ["shadow", shown === "champion" ? null : item.shadow],
    ["champion", shown === "shadow" ? null : item.champion],
  ];
  return (
    <svg viewBox={`0 0 ${item.width} ${item.height}`} preserveAspectRatio="none" role="img" aria-label={describe(item, shown)}>
      {roles.map(([role, view]) =>
        view?.objects.map((object, position) => {
          const key = objectKey(role, position);
          const colour = colourOf(object.label);
          const score = object.score === null ? "" : ` ${object.score.toFixed(2)}`;
          return (
            <path
              key={key}
              className={`shape ${role === "shadow" && shown === "both" ? "shadow" : ""} ${lit === key ? "lit" : ""}`}
              data-testid="object-shape"
              data-label={object.label}
              data-role={role}
              d={objectPath(object.parts)}
              fill={colour}
              stroke={colour}
              fillRule="evenodd"
              onPointerEnter={() => onLight?.(key)}
              onPointerLeave={() => onLight?.(null)}
            >
              <title>{`${object.label}${score}`}</title>
            </path>
          );
        }),
      )}
    </svg>
  );
}

function describe(item: PredictionItem, shown: Shown): string {
  const view = shown === "shadow" ? item.shadow : item.champion;
  return view === null ? "no prediction" : `${view.object_count} objects: ${[...new Set(view.objects.map((o) => o.label))].join(", ")}`;
}
