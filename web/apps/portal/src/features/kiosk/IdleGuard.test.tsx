import { addWords, startI18n } from "@atiende/ui";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { en } from "../../locales/en";
import { es } from "../../locales/es";
import { kioskWords } from "../../locales/kiosk";
import { IdleGuard } from "./IdleGuard";
import { enterKiosk, kioskUnit } from "./mode";
import { wipeDevice } from "./wipe";
import { queryClient } from "../../app/query";

beforeAll(() => {
  startI18n({ es, en });
  addWords(kioskWords);
  // jsdom knows no modal window.
  HTMLDialogElement.prototype.showModal = function show() { this.open = true; };
  HTMLDialogElement.prototype.close = function close() { this.open = false; };
});
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

test("warns after 45 seconds, and a touch on the button goes on", () => {
  const over = vi.fn(async () => undefined);
  render(<IdleGuard onOver={over} />);
  expect(screen.queryByRole("alertdialog")).toBeNull();
  pass(46_000);
  expect(screen.getByRole("alertdialog", { name: "¿Sigue ahí?" })).toBeTruthy();
  expect(screen.getByText("Quedan 14 segundos")).toBeTruthy();
  fireEvent.pointerDown(screen.getByRole("button", { name: "Seguir aquí" }));
  expect(screen.queryByRole("alertdialog")).toBeNull();
  pass(59_000);
  expect(over).not.toHaveBeenCalled();
});

test("after a minute the session ends, and no touch brings it back", () => {
  const over = vi.fn(async () => undefined);
  render(<IdleGuard onOver={over} />);
  pass(60_500);
  expect(over).toHaveBeenCalledOnce();
  expect(screen.queryByRole("button", { name: "Seguir aquí" })).toBeNull();
  fireEvent.pointerDown(document.body);
  pass(120_000);
  expect(over).toHaveBeenCalledOnce();
});

test("wiping leaves nothing but that this is a kiosk", async () => {
  vi.useRealTimers();
  enterKiosk("atencion");
  sessionStorage.setItem("resto", "nombre de alguien");
  queryClient.setQueryData(["case", "SA-2026-0000001-K"], { name: "Rosa" });
  await wipeDevice();
  expect({ ...sessionStorage }).toEqual({ atiende_kiosk_unit: "atencion" });
  expect(kioskUnit()).toBe("atencion");
  expect(queryClient.getQueryCache().getAll()).toEqual([]);
});
