import { describe, expect, it } from "vitest";
import { readToken } from "./link";

describe("readToken", () => {
  it("reads what stands behind the #", () => {
    expect(readToken("#sanaurelio.Ab-_09")).toBe("sanaurelio.Ab-_09");
    expect(readToken("sanaurelio.Ab-_09")).toBe("sanaurelio.Ab-_09");
  });
  it("does without the full stop of the sentence around it", () => {
    expect(readToken("#sanaurelio.Ab-_09.")).toBe("sanaurelio.Ab-_09");
  });
  it.each(["", "#", "#sanaurelio", "#sanaurelio.", "#a.b.c", "#sanaurelio.x y", "#sanaurelio.<b>", `#a.${"x".repeat(200)}`])(
    "takes %s for no token",
    (fragment) => {
      expect(readToken(fragment)).toBe("");
    },
  );
});
