import { describe, expect, it } from "vitest";
import type { Entry } from "../../data/types";
import { linesOf, piecesOf } from "./entries";

const at = (time: string, direction: Entry["direction"] = "inbound") => ({ time, direction }) as Entry;

describe("linesOf", () => {
  it("begins each day of the city with its name", () => {
    const lines = linesOf([at("2026-11-04T04:00:00Z"), at("2026-11-04T06:00:00Z")], "America/Bogota", undefined);
    expect(lines.map((line) => line.kind)).toEqual(["day", "entry", "day", "entry"]);
  });
  it("marks once what the citizen wrote since one looked, and never what one wrote oneself", () => {
    const read = Date.parse("2026-11-04T10:00:00Z");
    const entries = [at("2026-11-04T09:00:00Z"), at("2026-11-04T11:00:00Z", "outbound"), at("2026-11-04T12:00:00Z"), at("2026-11-04T13:00:00Z")];
    expect(linesOf(entries, "UTC", read).map((line) => line.kind)).toEqual(["day", "entry", "entry", "new", "entry", "entry"]);
  });
});

describe("piecesOf", () => {
  it("links web addresses only, without the full stop after them", () => {
    expect(piecesOf("Vea https://a.example/x?y=1. Gracias")).toEqual([
      { text: "Vea " }, { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" }, { text: ". Gracias" },
    ]);
  });
  it.each(["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "www.a.example"])(
    "leaves %s as text", (text) => {
      expect(piecesOf(text)).toEqual([{ text }]);
    },
  );
});
