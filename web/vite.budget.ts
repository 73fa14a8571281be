import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** What the first page may weigh, in bytes as they travel (gzip). */
export interface Budget {
  script: number;
  style: number;
}

/** What is measured of a built file. */
export interface BuiltFile {
  /** Text of a script, or of a style sheet. */
  text: string;
  isEntry?: boolean;
  /** Files that must be there before this one runs. */
  imports?: readonly string[];
  styles?: Iterable<string>;
}

/** Sizes of all that the browser fetches before it shows the first page: the entry and what that imports at once. */
export function initialSize(files: Readonly<Record<string, BuiltFile>>): Budget {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const visit = (name: string) => {
    const file = files[name];
    if (!file || scripts.has(name)) return;
    scripts.add(name);
    for (const style of file.styles ?? []) styles.add(style);
    for (const other of file.imports ?? []) visit(other);
  };
  for (const [name, file] of Object.entries(files)) if (file.isEntry) visit(name);
  return { script: packed(files, scripts), style: packed(files, styles) };
}

function packed(files: Readonly<Record<string, BuiltFile>>, names: Iterable<string>): number {
  return [...names].reduce((sum, name) => sum + gzipSync(files[name]?.text ?? "", { level: 9 }).length, 0);
}

/** Says what is too heavy, or nothing. */
export function overBudget(size: Budget, budget: Budget): string[] {
  return (["script", "style"] as const)
    .filter((part) => size[part] > budget[part])
    .map((part) => `initial ${part}: ${size[part]} bytes gzip, ${budget[part]} allowed`);
}

/** Fails a build whose first page got too heavy; a page that is not needed at once is loaded when it is opened. */
export function firstPageBudget(budget: Budget): Plugin {
  return {
    name: "first-page-budget",
    apply: "build",
    generateBundle(_options, bundle) {
      const files: Record<string, BuiltFile> = {};
      for (const [name, made] of Object.entries(bundle)) {
        files[name] = made.type === "chunk"
          ? { text: made.code, isEntry: made.isEntry, imports: made.imports, styles: made.viteMetadata?.importedCss ?? [] }
          : { text: String(made.source) };
      }
      const size = initialSize(files);
      const faults = overBudget(size, budget);
      if (faults.length > 0) this.error(faults.join("; "));
      this.info(`first page: ${size.script} bytes of script, ${size.style} of style (gzip)`);
    },
  };
}
