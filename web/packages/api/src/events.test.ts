import { describe, expect, it } from "vitest";
import { parseEvent } from "./events";

describe("parseEvent", () => {
  it("reads id, type and data", () => {
    expect(parseEvent('id: 7\nevent: case.opened\ndata: {"a":1}')).toEqual({ id: "7", type: "case.opened", data: '{"a":1}' });
  });
  it("joins the lines of data", () => {
    expect(parseEvent("data: one\ndata: two")?.data).toBe("one\ntwo");
  });
  it("gives nothing for a heartbeat", () => {
    expect(parseEvent(": latido")).toBeUndefined();
  });
});
