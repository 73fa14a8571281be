import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { build } from "vite";
import { expect, it } from "vitest";
import { packed } from "./vite.packed.ts";

const LONG = `export const words = ${JSON.stringify("alcaldía ".repeat(400))};`;

it("lays the packed forms of each script beside it, and unpacked they are the script", async () => {
  const outDir = mkdtempSync(path.join(tmpdir(), "packed-"));
  await build({
    configFile: false,
    logLevel: "silent",
    plugins: [
      { name: "source", resolveId: (id) => (id === "long" || id === "short" ? id : null), load: (id) => (id === "long" ? LONG : id === "short" ? "export default 1" : null) },
      packed(),
    ],
    build: { outDir, rolldownOptions: { input: ["long", "short"], preserveEntrySignatures: "strict" } },
  });
  const assets = path.join(outDir, "assets");
  const names = readdirSync(assets);
  const long = names.find((name) => /^long.*\.js$/.test(name)) ?? "";
  const plain = readFileSync(path.join(assets, long));
  expect(brotliDecompressSync(readFileSync(path.join(assets, `${long}.br`)))).toEqual(plain);
  expect(gunzipSync(readFileSync(path.join(assets, `${long}.gz`)))).toEqual(plain);
  expect(names.filter((name) => /^short.*\.(?:br|gz)$/.test(name))).toEqual([]);
});
