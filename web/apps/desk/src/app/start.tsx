import "@mantine/core/styles.css";
import "@atiende/ui/theme.css";
import "./app.css";
import { CityProvider, startI18n } from "@atiende/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SessionProvider } from "../auth/SessionProvider";
import { en } from "../locales/en";
import { es } from "../locales/es";
import { queryClient } from "./query";
import { router } from "./router";

startI18n({ es, en });
const forget = () => queryClient.clear();
const askAgain = () => void queryClient.invalidateQueries();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CityProvider>
        <QueryClientProvider client={queryClient}>
          <SessionProvider onLeft={forget} onBack={askAgain}>
            <RouterProvider router={router} />
          </SessionProvider>
        </QueryClientProvider>
      </CityProvider>
    </StrictMode>,
  );
}
