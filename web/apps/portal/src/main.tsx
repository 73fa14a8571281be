import "./app/mantine.css";
import "@atiende/ui/theme.css";
import "./app/portal.css";
import { CityProvider, startI18n } from "@atiende/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./app/query";
import { portalTheme } from "./app/theme";
import { router } from "./app/router";
import { en } from "./locales/en";
import { es } from "./locales/es";

startI18n({ es, en });

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CityProvider theme={portalTheme}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </CityProvider>
    </StrictMode>,
  );
}
