import { cityTheme } from "@atiende/ui";
import { createTheme, mergeThemeOverrides } from "@mantine/core";

/** The city's theme with the sizes of a public page: text of 15 px at least, targets of 44 px. */
export const portalTheme = mergeThemeOverrides(
  cityTheme(),
  createTheme({
    fontSizes: { xs: "0.9375rem", sm: "1rem", md: "1.0625rem", lg: "1.125rem", xl: "1.25rem" },
    components: {
      Input: { defaultProps: { size: "md" } },
      InputWrapper: { defaultProps: { size: "md" } },
      TextInput: { defaultProps: { size: "md" } },
      Textarea: { defaultProps: { size: "md" } },
      NativeSelect: { defaultProps: { size: "md" } },
      Radio: { defaultProps: { size: "md" } },
      RadioGroup: { defaultProps: { size: "md" } },
      Checkbox: { defaultProps: { size: "md" } },
      CheckboxGroup: { defaultProps: { size: "md" } },
    },
  }),
);
