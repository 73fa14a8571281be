import { afterEach, describe, expect, it, vi } from "vitest";
import { keepChallenge, keptChallenge, readCode } from "./challenge";

describe("readCode", () => {
  it.each([
    ["481203", "481203"],
    [" 481 203 ", "481203"],
    ["481-203", "481203"],
    ["Su código de la ciudad es 481203. Vale 10 minutos.", "481203"],
    ["Llame al 6015550100", "Llame al 6015550100"],
    ["4812", "4812"],
  ])("reads %s", (text, code) => {
    expect(readCode(text)).toBe(code);
  });
});

describe("a challenge", () => {
  afterEach(() => {
    vi.useRealTimers();
    sessionStorage.clear();
  });
  it("is kept while it is good", () => {
    vi.useFakeTimers();
    keepChallenge({ id: "c1", channel: "email", address: "rosa@example.org", resendAt: 0, overAt: Date.now() + 1000 });
    expect(keptChallenge()?.id).toBe("c1");
    vi.advanceTimersByTime(1001);
    expect(keptChallenge()).toBeNull();
  });
  it("is nothing when what is kept is no challenge", () => {
    sessionStorage.setItem("atiende-code", "{");
    expect(keptChallenge()).toBeNull();
  });
});
