import { describe, expect, it } from "vitest";
import { readFolio } from "./folio";

describe("readFolio", () => {
  // Made by atiende_cases.domain.folio.
  it.each(["SA-2026-0000123-5", " sa-2026-0000123-5 ", "SA 2026 0000123 5", "SA202600001235", "SA–2026–0000123–5"])("reads %s", (typed) => {
    expect(readFolio(typed)).toEqual({ folio: "SA-2026-0000123-5", isRight: true });
  });
  it("tells a folio with a slip from no folio", () => {
    expect(readFolio("SA-2026-0000132-5")?.isRight).toBe(false);
    expect(readFolio("alumbrado")).toBeUndefined();
    expect(readFolio("hueco en la 2026")).toBeUndefined();
  });
});
