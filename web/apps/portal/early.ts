import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** What an address will need beside the first scripts: its page's code, and what that asks the city. */
interface Early {
  /** Of the path, as a regular expression; its first group is put where the address of the data says `$1`. */
  path: string;
  /** The source that the router loads for it. */
  page: string;
  data: readonly string[];
}

interface BundleFile {
  isEntry?: boolean;
  facadeModuleId?: string | null;
  imports?: readonly string[];
  viteMetadata?: { importedCss: ReadonlySet<string> };
}

const CITY = "/api/catalog/v1/city";
const PAGES: readonly Early[] = [
  { path: "^/tramites$", page: "features/procedures/pages", data: ["/api/catalog/v1/procedures"] },
  { path: "^/tramites/([^/]+)$", page: "features/procedures/pages", data: ["/api/catalog/v1/procedures/$1"] },
  { path: "^/tramites/([^/]+)/iniciar$", page: "features/form/pages", data: ["/api/catalog/v1/procedures/$1"] },
  { path: "^/preguntas$", page: "features/procedures/pages", data: ["/api/catalog/v1/faq"] },
  { path: "^/seguimiento$", page: "features/cases/pages", data: [] },
  { path: "^/cifras$", page: "features/figures/pages", data: [] },
];

/**
 * A small script before the large ones: it reads the address and begins to fetch what the page will need, while the
 * first scripts still travel. Only on a slow line does one notice; nothing depends on it.
 */
export function early(): Plugin {
  const made = { name: "", source: "" };
  return {
    name: "early",
    apply: "build",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle }) {
        made.source = script(PAGES.map(({ path, page, data }) => ({ path, data, files: filesOf((bundle ?? {}) as Readonly<Record<string, BundleFile>>, page) })));
        made.name = `assets/early-${createHash("sha256").update(made.source).digest("base64url").slice(0, 8)}.js`;
        return [{ tag: "script", attrs: { src: `/${made.name}`, async: true }, injectTo: "head-prepend" }];
      },
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: made.name, source: made.source });
    },
  };
}

/** The chunk of a lazily loaded source, and what it imports beside the first scripts. */
function filesOf(bundle: Readonly<Record<string, BundleFile>>, page: string): string[] {
  const first = reached(bundle, Object.keys(bundle).filter((name) => bundle[name]?.isEntry));
  const own = Object.keys(bundle).filter((name) => bundle[name]?.facadeModuleId?.replaceAll("\\", "/").includes(`/src/${page}.`));
  if (own.length === 0) throw new Error(`no file is made of ${page}`);
  const files = [...reached(bundle, own)].filter((name) => !first.has(name));
  const styles = files.flatMap((name) => [...(bundle[name]?.viteMetadata?.importedCss ?? [])]);
  return [...new Set([...styles, ...files])].map((name) => `/${name}`);
}

function reached(bundle: Readonly<Record<string, BundleFile>>, from: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    for (const other of bundle[name]?.imports ?? []) visit(other);
  };
  from.forEach(visit);
  return found;
}

function script(pages: readonly { path: string; files: readonly string[]; data: readonly string[] }[]): string {
  return `(() => {
  const hint = (rel, href, as) => {
    const link = document.createElement("link");
    Object.assign(link, { rel, href });
    // The first lines share the way with the scripts: what the city says is small, and everything waits for it.
    if (as) Object.assign(link, { as, crossOrigin: "anonymous", fetchPriority: as === "fetch" ? "high" : "auto" });
    document.head.append(link);
  };
  // As packages/ui chooses it; a wrong guess costs one request.
  const asked = new URLSearchParams(location.search).get("lang") ?? /(?:^|; )atiende_lang=(es|en)/.exec(document.cookie)?.[1];
  const foreign = (navigator.languages[0] ?? "").startsWith("en") && !navigator.languages.some((tag) => tag.toLowerCase().startsWith("es"));
  const language = asked === "es" || asked === "en" ? asked : foreign ? "en" : "es";
  hint("preload", "${CITY}?language=" + language, "fetch");
  for (const { path, files, data } of ${JSON.stringify(pages)}) {
    const found = new RegExp(path).exec(location.pathname);
    if (!found) continue;
    for (const address of data) hint("preload", address.replace("$1", found[1] ?? "") + "?language=" + language, "fetch");
    for (const file of files) file.endsWith(".css") ? hint("preload", file, "style") : hint("modulepreload", file);
  }
})();
`;
}
