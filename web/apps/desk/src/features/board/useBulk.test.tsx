import { Problem } from "@atiende/api";
import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useBulk } from "./useBulk";

describe("useBulk", () => {
  it("goes on after a refusal and tells which was refused and why", async () => {
    const asked: string[] = [];
    const action = async (id: string) => {
      asked.push(id);
      if (id === "b") throw new Problem(409, { detail: "Ya se envió." });
    };
    const { result } = renderHook(() => useBulk(action));
    await act(() => result.current.run(["a", "b", "c"]));
    expect(asked).toEqual(["a", "b", "c"]);
    expect(result.current.results).toEqual([{ id: "a" }, { id: "b", refused: "Ya se envió." }, { id: "c" }]);
    expect(result.current.running).toBe(false);
  });
  it("stops when the connection is lost: the rest was not asked", async () => {
    const asked: string[] = [];
    const action = async (id: string) => {
      asked.push(id);
      throw new Problem(0, { reason: "OFFLINE" });
    };
    const { result } = renderHook(() => useBulk(action));
    await act(() => result.current.run(["a", "b"]));
    expect(asked).toEqual(["a"]);
    expect(result.current.total - result.current.results.length).toBe(1);
  });
});
