import { createTheme, type MantineColorsTuple } from "@mantine/core";

const sea: MantineColorsTuple = [
  "#e8f6f4", "#d3e9e6", "#a6d3cd", "#76bcb3", "#4fa99d", "#379d8f", "#289787", "#188374", "#057566", "#006557",
];

/** Greys of the dark scheme with a breath of the accent in them. */
const dark: MantineColorsTuple = [
  "#d3dddc", "#b3c1bf", "#8fa09e", "#6a7b79", "#394746", "#2a3635", "#1b2525", "#131b1b", "#0e1515", "#090e0e",
];

/** One calm accent; numbers line up; nothing is fetched for it. */
export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: { light: 8, dark: 6 },
  colors: { sea, dark },
  defaultRadius: "md",
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: { fontWeight: "650" },
  cursorType: "pointer",
});
