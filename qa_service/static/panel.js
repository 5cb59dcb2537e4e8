/** A panel: a dialog beside the page on a wide screen, over it on a small one. */

const WIDE = matchMedia("(min-width: 70rem)");

/** @type {Panel | null} there is room for one */
let shown = null;

export class Panel {
  /**
   * @param {HTMLDialogElement} dialog with a button of the class "close"
   * @param {() => void} [onClose]
   */
  constructor(dialog, onClose) {
    this.dialog = dialog;
    this.onClose = onClose;
    /** @type {HTMLElement | null} */
    this.opener = null;
    dialog.querySelector(".close")?.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => this.#onKey(event));
    dialog.addEventListener("click", (event) => this.#onClick(event));
    dialog.addEventListener("close", () => this.#onClosed());
    WIDE.addEventListener("change", () => dialog.open && this.#place());
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** @param {HTMLElement | null} opener gets the focus back */
  open(opener) {
    if (shown !== this) shown?.close();
    shown = this;
    this.opener = opener;
    this.#place();
  }

  close() {
    this.dialog.close();
  }

  /** Closes without giving the focus back. */
  dismiss() {
    this.opener = null;
    this.close();
  }

  /** Puts the panel beside or over the page, whichever the window has room for. */
  #place() {
    if (this.dialog.open) this.dialog.close();
    if (WIDE.matches) this.dialog.show();
    else this.dialog.showModal();
    document.body.classList.toggle("has-panel", WIDE.matches);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === "Escape" && this.dialog.open) this.close();
  }

  /**
   * A click beside the content of the covering panel hits the dialog itself.
   *
   * @param {Event} event
   */
  #onClick(event) {
    if (event.target === this.dialog) this.close();
  }

  #onClosed() {
    if (this.dialog.open) return; // it only changed its place
    if (shown === this) shown = null;
    document.body.classList.toggle("has-panel", shown !== null && WIDE.matches);
    this.onClose?.();
    if (!shown) this.opener?.focus();
  }
}
