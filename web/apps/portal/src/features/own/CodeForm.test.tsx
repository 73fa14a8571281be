import { Problem } from "@atiende/api";
import { CityProvider, startI18n } from "@atiende/ui";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ownWords } from "../../locales/own";
import type { Challenge } from "./challenge";
import { CodeForm } from "./CodeForm";

const sent = vi.hoisted(() => ({ sendCode: vi.fn(), verifyCode: vi.fn() }));
vi.mock("./challenge", async (original) => ({ ...(await original<object>()), ...sent }));

const START = Date.UTC(2026, 10, 26, 15);
const challenge: Challenge = { id: "c1", channel: "email", address: "rosa@example.org", resendAt: START + 60_000, overAt: START + 600_000 };
const wrong = () => Promise.reject(new Problem(401, { reason: "CODE_WRONG", detail: "…" }));

function show(): { onAgain: ReturnType<typeof vi.fn>; onProved: ReturnType<typeof vi.fn> } {
  const heard = { onAgain: vi.fn(), onProved: vi.fn() };
  render(
    <CityProvider>
      <QueryClientProvider client={new QueryClient()}>
        <CodeForm challenge={challenge} onOther={() => undefined} {...heard} />
      </QueryClientProvider>
    </CityProvider>,
  );
  return heard;
}

const field = () => screen.getByLabelText<HTMLInputElement>("Código de seis cifras");
const settle = (milliseconds = 0) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

async function send(code: string): Promise<void> {
  fireEvent.change(field(), { target: { value: code } });
  fireEvent.click(screen.getByRole("button", { name: "Entrar" }));
  await settle();
}

describe("CodeForm", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START });
    startI18n({ es: ownWords.es, en: ownWords.en });
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
    vi.resetAllMocks();
  });

  it("asks for six digits before it asks the city", async () => {
    show();
    await send("4812");
    expect(screen.getByText("Escriba las seis cifras del código.")).toBeTruthy();
    expect(sent.verifyCode).not.toHaveBeenCalled();
  });

  it("finds the code in a pasted message", () => {
    show();
    fireEvent.paste(field(), { clipboardData: { getData: () => "Su código es 481203. Vale 10 minutos." } });
    expect(field().value).toBe("481203");
  });

  it("says after five wrong codes that another is needed", async () => {
    sent.verifyCode.mockImplementation(wrong);
    show();
    for (let n = 0; n < 4; n++) await send("111111");
    expect(screen.getByText(/El código no es correcto/)).toBeTruthy();
    await send("111111");
    expect(screen.getByText("Este código ya no vale. Pida otro.")).toBeTruthy();
  });

  it("says so too when its ten minutes are over", async () => {
    sent.verifyCode.mockImplementation(wrong);
    show();
    await settle(601_000);
    await send("111111");
    expect(screen.getByText("Este código ya no vale. Pida otro.")).toBeTruthy();
  });

  it("offers another code after a minute, and says how long to wait when there were too many", async () => {
    sent.sendCode.mockRejectedValueOnce(new Problem(429, { reason: "TOO_MANY_ATTEMPTS" }, 1_700)).mockResolvedValueOnce({ ...challenge, id: "c2" });
    const { onAgain } = show();
    expect(screen.getByText("Puede pedir otro código en 60 s.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Enviar otro código" })).toBeNull();
    await settle(61_000);
    fireEvent.click(screen.getByRole("button", { name: "Enviar otro código" }));
    await settle();
    expect(screen.getByText("Hubo demasiados intentos. Espere 29 minutos e inténtelo de nuevo.")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Enviar otro código" }));
    await settle();
    expect(onAgain).toHaveBeenCalledWith(expect.objectContaining({ id: "c2" }));
  });
});
