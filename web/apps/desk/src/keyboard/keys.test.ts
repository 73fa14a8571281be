import { describe, expect, it, vi } from "vitest";
import { find, isSingleKey, isTyping, nameOf, type Shortcut } from "./keys";

const shortcut = (...keys: string[]): Shortcut => ({ keys, label: keys.join(), group: "general", run: vi.fn() });
const all = () => true;

describe("find", () => {
  const next = shortcut("j", "ArrowDown");
  const inbox = shortcut("g i");
  it("finds a shortcut by any of its keys", () => {
    expect(find([next], "ArrowDown", undefined, 0, all).shortcut).toBe(next);
  });
  it("waits for the rest of a sequence, but not for ever", () => {
    const { pending } = find([inbox], "g", undefined, 0, all);
    expect(find([inbox], "i", pending, 500, all).shortcut).toBe(inbox);
    expect(find([inbox], "i", pending, 5_000, all).shortcut).toBeUndefined();
  });
  it("takes a key that continues no sequence for itself", () => {
    const { pending } = find([inbox, next], "g", undefined, 0, all);
    expect(find([inbox, next], "j", pending, 100, all).shortcut).toBe(next);
  });
  it("prefers what was registered last", () => {
    const inner = shortcut("j");
    expect(find([next, inner], "j", undefined, 0, all).shortcut).toBe(inner);
  });
  it("leaves single keys alone when they are switched off, but not arrows", () => {
    const allowed = (keys: string) => !isSingleKey(keys);
    expect(find([next], "j", undefined, 0, allowed).shortcut).toBeUndefined();
    expect(find([inbox], "g", undefined, 0, allowed).pending).toBeUndefined();
    expect(find([next], "ArrowDown", undefined, 0, allowed).shortcut).toBe(next);
  });
});

describe("isTyping", () => {
  it.each(["<input>", "<textarea></textarea>", "<select></select>", "<p contenteditable=true></p>", "<p role=menu></p>"])(
    "is so in %s",
    (html) => {
      const holder = document.createElement("div");
      holder.append(document.createRange().createContextualFragment(html));
      expect(isTyping(holder.firstElementChild)).toBe(true);
    },
  );
  it("is not so on a button or the page", () => {
    expect(isTyping(document.createElement("button"))).toBe(false);
    expect(isTyping(document.body)).toBe(false);
  });
});

describe("nameOf", () => {
  const key = (name: string, more: object = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...more });
  it("leaves the browser's and the screen reader's own keys alone", () => {
    expect(nameOf(key("c", { ctrlKey: true }))).toBe("mod+c");
    expect(nameOf(key("j", { altKey: true }))).toBeUndefined();
  });
  it("is the same with caps lock", () => {
    expect(nameOf(key("J"))).toBe("j");
  });
});
