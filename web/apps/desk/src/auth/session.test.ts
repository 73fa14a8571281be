import { describe, expect, it } from "vitest";
import { safeReturn } from "./session";

describe("safeReturn", () => {
  it("returns to a page of the desk with its filters", () => {
    expect(safeReturn("/desk/casos?estado=abierto")).toBe("/desk/casos?estado=abierto");
  });
  it.each([
    "https://malo.example/", "//malo.example", "/desk//malo.example", "/\\malo.example", "/desk/\\malo.example", "javascript:alert(1)",
    "/desk/callback?code=1", "/desk/silent", "/", "", undefined, 7, "/desk/../../auth",
  ])("goes to the start page for %s", (target) => {
    expect(safeReturn(target)).toBe("/desk/");
  });
});
