import { describe, expect, it } from "vitest";
import { merge, same } from "./merge";

const base = { name: { es: "Vías", en: "Roads" }, phone: "1", hours: { mon: ["08:00-12:00"] } };

describe("merge", () => {
  it("keeps what each person changed elsewhere", () => {
    const mine = { ...base, phone: "2" };
    const theirs = { ...base, name: { es: "Malla vial", en: "Roads" } };
    expect(merge(base, mine, theirs)).toEqual({ value: { ...mine, name: theirs.name }, clashes: [] });
  });

  it("tells what both changed, and takes the choice", () => {
    const mine = { ...base, phone: "2" };
    const theirs = { ...base, phone: "3" };
    expect(merge(base, mine, theirs).clashes).toEqual([{ path: "/phone", mine: "2", theirs: "3" }]);
    expect(merge(base, mine, theirs, { "/phone": "theirs" })).toEqual({ value: theirs, clashes: [] });
  });

  it("honours what one removed, and asks when the other changed it", () => {
    const { phone, ...without } = base;
    expect(phone).toBe("1");
    expect(merge(base, without, base)).toEqual({ value: without, clashes: [] });
    expect(merge(base, without, { ...base, phone: "9" }).clashes).toEqual([{ path: "/phone", mine: undefined, theirs: "9" }]);
  });

  it("lists of plain values are one thing", () => {
    const mine = { ...base, hours: { mon: ["09:00-12:00"] } };
    const theirs = { ...base, hours: { mon: ["07:00-12:00"] } };
    expect(merge(base, mine, theirs).clashes.map((one) => one.path)).toEqual(["/hours/mon"]);
  });

  it("two people add holidays of different days", () => {
    const before = [{ date: "2026-01-01", name: "Año Nuevo" }];
    const mine = [...before, { date: "2026-12-08", name: "Velitas" }];
    const theirs = [...before, { date: "2026-05-01", name: "Trabajo" }];
    const { value, clashes } = merge({ holidays: before }, { holidays: mine }, { holidays: theirs });
    expect(clashes).toEqual([]);
    expect((value as { holidays: { date: string }[] }).holidays.map((one) => one.date)).toEqual(["2026-01-01", "2026-05-01", "2026-12-08"]);
  });

  it("a list keeps the order of mine and drops what was removed", () => {
    const list = (...ids: string[]) => ids.map((id) => ({ id }));
    expect(merge(list("a", "b"), list("b", "a"), list("a", "b", "c")).value).toEqual(list("b", "a", "c"));
    expect(merge(list("a", "b"), list("b"), list("a", "b", "c")).value).toEqual(list("b", "c"));
  });
});

describe("same", () => {
  it("does not mind the order of keys, but that of lists", () => {
    expect(same({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
    expect(same([1, 2], [2, 1])).toBe(false);
    expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  });
});
