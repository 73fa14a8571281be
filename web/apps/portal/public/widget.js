/*
 * The city's chat on any page: <script src="https://city/widget.js" defer></script>
 *
 * A button and a frame in a shadow root, so that neither the page's styles nor ours meet. Its style sheet is made by
 * script (CSSOM), which a policy without `unsafe-inline` allows; the page's policy needs the city in `script-src` and
 * `frame-src` only. `data-lang="es|en"` sets the language, otherwise the page's own; `data-label` the button's words.
 */
(() => {
  const script = document.currentScript;
  const city = new URL(script.src).origin;
  const asked = (script.dataset.lang || document.documentElement.lang || navigator.language).toLowerCase();
  const lang = asked.startsWith("en") ? "en" : "es";
  const words = {
    es: { open: "Chat con la ciudad", close: "Cerrar el chat" },
    en: { open: "Chat with the city", close: "Close the chat" },
  }[lang];
  const CLOSE = "atiende:chat:close";

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    button {
      position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; min-height: 52px; padding: 0 20px;
      border: 2px solid #fff; border-radius: 26px; background: #005a5c; color: #fff; cursor: pointer;
      font: 700 17px/1.3 system-ui, sans-serif; box-shadow: 0 2px 10px rgb(0 0 0 / 25%);
    }
    button:hover { background: #063b40; }
    button:focus-visible { outline: 3px solid #0b6e70; outline-offset: 3px; }
    iframe {
      position: fixed; right: 16px; bottom: 80px; z-index: 2147483001; width: min(400px, calc(100vw - 32px));
      height: min(640px, calc(100dvh - 96px)); border: 1px solid #9db0b3; border-radius: 12px; background: #fff;
      box-shadow: 0 8px 40px rgb(0 0 0 / 28%);
    }
    [hidden] { display: none; }
    @media (max-width: 640px), (max-height: 480px) {
      iframe { inset: 0; width: 100vw; height: 100dvh; border: 0; border-radius: 0; }
    }
    @media print { button, iframe { display: none; } }
  `);

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = script.dataset.label || words.open;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-haspopup", "dialog");
  root.append(button);

  // Loaded with the first click: a page that nobody chats on pays for a button.
  let frame;

  function open() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = words.open;
      frame.src = `${city}/embed/chat?lang=${lang}`;
      frame.addEventListener("load", () => frame.focus());
      root.append(frame);
    }
    frame.hidden = false;
    button.setAttribute("aria-expanded", "true");
    frame.focus();
  }

  function close() {
    if (!frame || frame.hidden) return;
    frame.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  button.addEventListener("click", () => (frame && !frame.hidden ? close() : open()));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.origin === city && event.data === CLOSE) close();
  });

  document.body.append(host);
})();
