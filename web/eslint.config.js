import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["**/dist/**", "**/generated/**", "**/node_modules/**"] },
  js.configs.recommended,
  ...ts.configs.strict,
  a11y.flatConfigs.strict,
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      // A session lives in memory and a cookie, never where a script of a stranger could read it.
      "no-restricted-globals": ["error", { name: "localStorage", message: "Use the draft store or session memory." }],
      "no-restricted-properties": [
        "error",
        { property: "dangerouslySetInnerHTML", message: "Citizens' text is text." },
        { property: "innerHTML", message: "Citizens' text is text." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Citizens' text is text." },
        {
          selector: "CallExpression[callee.name='fetch']",
          message: "Requests go through @atiende/api, which is generated from the services' OpenAPI.",
        },
      ],
    },
  },
  {
    // The one place that may speak HTTP itself.
    files: ["packages/api/**"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["apps/*/public/**/*.js"],
    languageOptions: { sourceType: "script", globals: { document: "readonly", navigator: "readonly", addEventListener: "readonly", CSSStyleSheet: "readonly" } },
  },
  { files: ["**/locales/**/*.ts"], rules: { "max-lines": "off" } },
  { files: ["**/*.{js,mjs}"], languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } } },
);
