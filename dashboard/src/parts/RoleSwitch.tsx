import { SegmentedControl } from "@mantine/core";
import type { Shown } from "./Overlay";

/** Whose objects are drawn. */
export function RoleSwitch({ shown, onChange, hasShadow }: { shown: Shown; onChange: (shown: Shown) => void; hasShadow: boolean }) {
  return (
    <SegmentedControl
      data-testid="role-switch"
      aria-label="Whose objects are drawn"
      size="sm"
      value={shown}
      onChange={(value) => onChange(value as Shown)}
      data={[
        { value: "champion", label: "Champion" },
        { value: "shadow", label: "Shadow", disabled: !hasShadow },
        { value: "both", label: "Both", disabled: !hasShadow },
      ]}
    />
  );
}

export const asShown = (text: string | null): Shown => (text === "shadow" || text === "both" ? text : "champion");
