// Spanish first, as in the city; and what Mantine asks of a browser and jsdom does not have.
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

window.matchMedia ??= (query) =>
  ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList;
window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
if (!("fonts" in document)) Object.defineProperty(document, "fonts", { value: new EventTarget() });
Element.prototype.scrollIntoView ??= () => undefined;

document.cookie = "atiende_lang=es";
afterEach(cleanup);
