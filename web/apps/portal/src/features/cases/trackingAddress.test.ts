import { describe, expect, it } from "vitest";
import { readTrackingFragment, trackingAddress } from "./trackingAddress";

describe("trackingAddress", () => {
  it("keeps folio and secret out of what a browser sends", () => {
    const address = new URL(trackingAddress("SA-2026-0000123-5", "K7QM-2XHD-9ZRT"));
    expect(address.pathname + address.search).toBe("/seguimiento");
    expect(readTrackingFragment(address.hash)).toEqual({ folio: "SA-2026-0000123-5", secret: "K7QM2XHD9ZRT" });
  });
  it("takes a folio alone, and nothing else for a secret", () => {
    expect(readTrackingFragment("SA-2026-0000123-5")).toEqual({ folio: "SA-2026-0000123-5", secret: "" });
    expect(readTrackingFragment("#SA-1.<script>").secret).toBe("");
  });
});
