import { promises as files } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(?:js|mjs|css|svg|json)$/;
/** What is smaller travels in one packet anyway. */
const WORTH_BYTES = 1_000;

/**
 * Lays `.br` and `.gz` beside each script and style sheet, packed as tightly as can be: the edge sends them as they are,
 * a sixth smaller than what it would pack while the visitor waits.
 */
export function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    enforce: "post",
    async writeBundle({ dir }, bundle) {
      const names = Object.keys(bundle).filter((name) => name.startsWith("assets/") && TEXT.test(name));
      await Promise.all(names.map((name) => pack(path.join(dir ?? "dist", name))));
    },
  };
}

async function pack(file: string): Promise<void> {
  const plain = await files.readFile(file);
  if (plain.length < WORTH_BYTES) return;
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } };
  const [br, gz] = await Promise.all([promisify(brotliCompress)(plain, options), promisify(gzip)(plain, { level: 9 })]);
  await Promise.all([files.writeFile(`${file}.br`, br), files.writeFile(`${file}.gz`, gz)]);
}
