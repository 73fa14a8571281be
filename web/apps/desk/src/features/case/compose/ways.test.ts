import { describe, expect, it } from "vitest";
import type { ReplyOption } from "../../../data/types";
import { insertAt, isOpen, lengthOf, partsOf, wayOf } from "./ways";

const option = (channel: ReplyOption["channel"], more: Partial<ReplyOption> = {}): ReplyOption => ({
  channel,
  allowed: true,
  default: false,
  address: "",
  reason: null,
  reason_text: {},
  window_end_time: null,
  max_characters: 10_000,
  part_characters: null,
  templates: [],
  ...more,
});
const template = { key: "case_update", text: "Hola", language: "es" };

describe("wayOf", () => {
  const mail = option("email", { default: true });
  const closed = option("whatsapp", { allowed: false, templates: [template] });
  it("is the one that was chosen, else the service's own choice", () => {
    expect(wayOf([mail, closed], "whatsapp")).toBe(closed);
    expect(wayOf([closed, mail], null)).toBe(mail);
  });
  it("is one that takes a template when no text may go anywhere", () => {
    expect(wayOf([closed], null)).toBe(closed);
    expect(isOpen(closed)).toBe(true);
    expect(wayOf([option("email", { allowed: false })], null)).toBeUndefined();
  });
});

describe("partsOf", () => {
  it("counts characters as the service does, and the messages that they make", () => {
    const whatsapp = option("whatsapp", { part_characters: 4096 });
    expect(lengthOf(" 👍🏼 ")).toBe(2);
    expect(partsOf(4096, whatsapp)).toBe(1);
    expect(partsOf(4097, whatsapp)).toBe(2);
    expect(partsOf(9_000, option("email"))).toBe(1);
  });
});

describe("insertAt", () => {
  it("fills an empty text", () => {
    expect(insertAt("", 0, 0, "Buen día")).toEqual({ text: "Buen día", cursor: 8 });
  });
  it("stands apart from what is before and after, and the cursor follows it", () => {
    const { text, cursor } = insertAt("Hola. Adiós", 5, 5, "Ya vamos.");
    expect(text).toBe("Hola.\n\nYa vamos.\n\nAdiós");
    expect(text.slice(0, cursor)).toBe("Hola.\n\nYa vamos.");
  });
  it("takes the place of what was marked", () => {
    expect(insertAt("xxx", 0, 3, "Nuevo").text).toBe("Nuevo");
  });
});
