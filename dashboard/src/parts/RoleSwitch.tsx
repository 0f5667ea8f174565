import { SegmentedControl } from "@mantine/core";
import type { Shown } from "../addresses";

/** Whose objects are drawn. */
export function RoleSwitch({ shown, onChange, hasShadow }: { shown: Shown; onChange: (shown: Shown) => void; hasShadow: boolean }) {
  // What is chosen can be left, also where the shadow has said nothing.
  const disabled = !hasShadow && shown === "champion";
  return (
    <SegmentedControl
      data-testid="role-switch"
      aria-label="Whose objects are drawn"
      size="sm"
      value={shown}
      onChange={(value) => onChange(value as Shown)}
      data={[
        { value: "champion", label: "Champion" },
        { value: "shadow", label: "Shadow", disabled },
        { value: "both", label: "Both", disabled },
      ]}
    />
  );
}
