import { addWords, CityProvider, startI18n } from "@atiende/ui";
import { Problem } from "@atiende/api";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test } from "vitest";
import { chatWords } from "../../locales/chat";
import { en } from "../../locales/en";
import { es } from "../../locales/es";
import { ChatPanel } from "./ChatPanel";
import { ChatClient } from "./client";
import { FakeCity } from "./fakeCity";
import { memoryStore } from "./store";

beforeAll(() => {
  startI18n({ es, en });
  addWords(chatWords);
});

function open(wait: object) {
  const city = new FakeCity();
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  queries.setQueryData(["city", "es"], { timezone: "America/Bogota", short_name: "San Aurelio" });
  queries.setQueryData(["wait", "es"], wait);
  render(
    <CityProvider>
      <QueryClientProvider client={queries}>
        <ChatPanel chat={new ChatClient(city, memoryStore())} headingId="titulo" level={2} />
      </QueryClientProvider>
    </CityProvider>,
  );
  return city;
}

const OPEN = { open_now: true, next_opening: null, expected_wait_seconds: 240, queued: 3 };

test("says the wait, takes a message with Intro and shows the city's answer", async () => {
  const city = open(OPEN);
  expect(screen.getByText(/Espera aproximada: 4 minutos/)).toBeTruthy();
  await userEvent.type(await screen.findByLabelText("Escriba su mensaje"), "Hay un hueco{Enter}");
  await waitFor(() => expect(city.taken).toHaveLength(1));
  expect(await screen.findByText("En línea")).toBeTruthy();
  city.append({ text: "Gracias: vea https://a.example/x" });
  const link = await screen.findByRole("link", { name: "https://a.example/x" });
  expect(link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
});

test("out of hours says when, and that what is written is registered", () => {
  open({ ...OPEN, open_now: false, next_opening: "2026-03-04T13:00:00Z", expected_wait_seconds: null });
  expect(screen.getByText(/queda radicado con un folio. Respondemos desde el miércoles, 4 de marzo/)).toBeTruthy();
});

test("a message that cannot leave says so, and is not lost", async () => {
  const city = open(OPEN);
  city.refusal = new Problem(0, { reason: "OFFLINE" });
  await userEvent.type(await screen.findByLabelText("Escriba su mensaje"), "Hola{Enter}");
  expect(await screen.findByText("Guardado en este dispositivo, sin enviar todavía")).toBeTruthy();
  expect(screen.getByText("Hola")).toBeTruthy();
});
