import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startI18n } from "@atiende/ui";
import { en } from "./locales/en";
import { es } from "./locales/es";

const source = join(import.meta.dirname, ".");

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path);
    return /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) ? [path] : [];
  });
}

describe("words", () => {
  it("are there for every key that a page names", async () => {
    const i18n = startI18n({ es, en });
    const catalogues = files(join(source, "locales")).filter((path) => !/\/(es|en)\.ts$/.test(path));
    for (const path of catalogues) {
      const module = (await import(/* @vite-ignore */ path)) as Record<string, { es: object; en: object }>;
      for (const words of Object.values(module)) {
        i18n.addResourceBundle("es", "translation", words.es, true, true);
        i18n.addResourceBundle("en", "translation", words.en, true, true);
      }
    }
    const named = files(source).flatMap((path) => {
      const text = readFileSync(path, "utf8");
      return [...text.matchAll(/\bt\(\s*"([a-zA-Z][\w.]*)"/g)].map((match) => match[1] ?? "");
    });
    expect(named.length).toBeGreaterThan(100);
    const missing = [...new Set(named)].filter((key) => !i18n.exists(key) && !i18n.exists(key, { count: 2 }));
    expect(missing).toEqual([]);
  });
});
