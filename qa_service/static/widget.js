/**
 * A button on another site that opens the chat in a frame: <script src="https://…/widget.js" defer></script>.
 * data-label changes the words on it. All of it lives in a shadow tree, so neither site's style touches the other's.
 */
(() => {
  const ALLOWED = __ALLOWED__;
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const service = new URL(script.src);
  const label = script.dataset.label || "Ask the articles";

  const STYLE = `
    :host { all: initial; color-scheme: light dark; }
    button { font: 500 1rem/1.2 system-ui, sans-serif; cursor: pointer; }
    button:focus-visible { outline: 3px solid light-dark(#8a5800, #f2bd4a); outline-offset: 2px; }
    .open { position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483646; padding: .8rem 1.1rem; border: 0;
      border-radius: 2rem; background: light-dark(#1d1b18, #ece8e0); color: light-dark(#fdfcf9, #171614);
      box-shadow: 0 2px 12px rgb(0 0 0 / .3); }
    .panel { position: fixed; right: 1rem; bottom: 4.5rem; z-index: 2147483647; display: flex; flex-direction: column;
      width: min(26rem, calc(100vw - 2rem)); height: min(40rem, calc(100dvh - 6rem)); overflow: hidden;
      border: 1px solid light-dark(#8c8477, #7c7468); border-radius: .8rem;
      background: light-dark(#fdfcf9, #171614); color: light-dark(#1d1b18, #ece8e0);
      box-shadow: 0 8px 40px rgb(0 0 0 / .35); }
    .panel[hidden] { display: none; }
    .head { display: flex; align-items: center; justify-content: space-between; padding: .4rem .4rem .4rem 1rem;
      border-bottom: 1px solid light-dark(#e2dcd1, #3a3631); font: 600 1rem/1.3 system-ui, sans-serif; }
    .close { min-width: 2.75rem; min-height: 2.75rem; border: 0; border-radius: .5rem; background: none; color: inherit;
      font-size: 1.4rem; }
    iframe { flex: 1; width: 100%; border: 0; color-scheme: light dark; }
    .refused { margin: 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
    @media (width < 30rem) {
      .panel { inset: 0; width: auto; height: auto; border: 0; border-radius: 0; }
    }`;

  const host = document.createElement("articles-widget");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const opener = make("button", { type: "button", className: "open", textContent: label });
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-haspopup", "dialog");
  const close = make("button", { type: "button", className: "close", textContent: "×" });
  close.setAttribute("aria-label", "Close the chat");
  const title = make("div", { className: "head" });
  title.append(make("span", { textContent: label }), close);
  const panel = make("div", { className: "panel", hidden: true });
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", label);
  panel.append(title);
  root.append(opener, panel);

  opener.addEventListener("click", () => show(panel.hidden));
  close.addEventListener("click", () => show(false));
  root.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === "Escape") show(false);
  });
  // Keys that are typed in the frame stay there; its page tells when Escape was to close it.
  addEventListener("message", (event) => {
    const frame = panel.querySelector("iframe");
    if (event.origin === service.origin && event.source === frame?.contentWindow && event.data === "close") show(false);
  });
  document.body ? document.body.append(host) : addEventListener("DOMContentLoaded", () => document.body.append(host));

  /** @param {boolean} isOpen */
  function show(isOpen) {
    if (isOpen && panel.children.length === 1) panel.append(content());
    panel.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
    const inside = /** @type {HTMLElement | null} */ (panel.querySelector("iframe, .refused"));
    (isOpen ? inside : opener)?.focus();
  }

  /** The chat, or why it can't be here. */
  function content() {
    if (location.origin !== service.origin && !ALLOWED.includes(location.origin)) {
      const words =
        `This site may not show the chat. Whoever runs ${service.origin} can allow it: ` +
        `QA_FRAME_ANCESTORS=${location.origin}`;
      console.error(words);
      return make("p", { className: "refused", tabIndex: -1, textContent: words });
    }
    return make("iframe", { src: new URL("widget", service).href, title: label });
  }

  /**
   * @param {string} tag
   * @param {object} properties
   */
  function make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }
})();
