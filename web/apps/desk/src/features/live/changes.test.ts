import { describe, expect, it } from "vitest";
import { condense, readChange, type CaseChange } from "./changes";

const change = (case_id: string, version: number): CaseChange => ({
  type: "case.assigned", case_id, unit_id: "vias", status: "open", assignee_id: "", version,
});

describe("readChange", () => {
  it("reads a change and a reset, and survives what it does not know", () => {
    const data = JSON.stringify(change("c1", 3));
    expect(readChange({ id: "1", type: "case.assigned", data })).toMatchObject({ case_id: "c1", version: 3 });
    expect(readChange({ id: "", type: "reset", data: "{}" })).toBe("reset");
    expect(readChange({ id: "2", type: "case.assigned", data: "{broken" })).toBeUndefined();
    expect(readChange({ id: "3", type: "other", data: "{}" })).toBeUndefined();
  });
});

describe("condense", () => {
  it("keeps the last change of each case", () => {
    expect(condense([change("a", 1), change("b", 1), change("a", 2)], 10)).toEqual([change("a", 2), change("b", 1)]);
  });
  it("asks to load again when too much changed at once", () => {
    expect(condense([change("a", 1), change("b", 1), change("c", 1)], 2)).toBeNull();
  });
});
