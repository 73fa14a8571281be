import { describe, expect, it } from "vitest";
import { initialSize, overBudget, type BuiltFile } from "./vite.budget";

const text = (length: number) => Array.from({ length }, (_, at) => String.fromCharCode(33 + ((at * at * 31 + at) % 90))).join("");
const files: Record<string, BuiltFile> = {
  "index.js": { text: text(4000), isEntry: true, imports: ["shared.js"], styles: ["index.css"] },
  "shared.js": { text: text(3000), imports: ["index.js"], styles: ["index.css"] },
  "later.js": { text: text(90_000), imports: ["shared.js"], styles: ["later.css"] },
  "index.css": { text: text(500) },
  "later.css": { text: text(9000) },
};

describe("budget of the first page", () => {
  it("counts what is needed at once, each file once, and nothing that is loaded later", () => {
    const alone = initialSize({ "index.js": { text: text(4000), isEntry: true } });
    const size = initialSize(files);
    expect(size.script).toBeGreaterThan(alone.script);
    expect(size).toEqual(initialSize({ ...files, "later.js": { text: "" }, "later.css": { text: "" } }));
    expect(size.style).toBe(initialSize({ ...files, "shared.js": { text: "", styles: [] } }).style);
  });
  it("says which part is too heavy, and lets a size at its limit pass", () => {
    const size = initialSize(files);
    expect(overBudget(size, size)).toEqual([]);
    expect(overBudget(size, { ...size, script: size.script - 1 })).toEqual([`initial script: ${size.script} bytes gzip, ${size.script - 1} allowed`]);
    expect(overBudget(size, { ...size, style: 0 })).toHaveLength(1);
  });
});
