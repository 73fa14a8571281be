import { createTheme, type MantineColorsTuple, type MantineThemeOverride } from "@mantine/core";

/** A deep blue-green; every shade used for text on white has at least 4.5:1. */
const city: MantineColorsTuple = [
  "#e8f5f5", "#d2e9e9", "#a3d3d3", "#72bcbc", "#4aa8a9", "#2f9b9d", "#1c8284", "#0b6e70", "#005a5c", "#004446",
];

/**
 * The theme of a city.
 *
 * @param primary ten shades of the city's colour, lightest first; ours when absent.
 */
export function cityTheme(primary: MantineColorsTuple = city): MantineThemeOverride {
  return createTheme({
    primaryColor: "city",
    primaryShade: 7,
    colors: { city: primary },
    fontFamily: "'Public Sans Variable', system-ui, sans-serif",
    headings: { fontFamily: "'Public Sans Variable', system-ui, sans-serif", fontWeight: "700" },
    defaultRadius: "sm",
    cursorType: "pointer",
    focusRing: "auto",
    respectReducedMotion: true,
    components: {
      // The default placeholder grey has 3:1 on white.
      Input: { defaultProps: { size: "md" } },
      Button: { defaultProps: { size: "md" } },
      // The head of a window is no banner of the page.
      Modal: { defaultProps: { attributes: { header: { role: "presentation" } } } },
      Drawer: { defaultProps: { attributes: { header: { role: "presentation" } } } },
    },
  });
}
