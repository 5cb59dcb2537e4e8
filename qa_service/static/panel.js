/** A panel: beside the page on a wide screen, a dialog over it on a small one. */

const WIDE = matchMedia("(min-width: 70rem)");

/** @type {Panel | null} there is room for one */
let shown = null;

export class Panel {
  /**
   * @param {HTMLDialogElement} dialog with a button of the class "close"
   * @param {() => void} [onClose]
   * @param {HTMLElement | null} [region] takes what is in the dialog where there is room beside the page;
   *   without one the dialog itself lies there
   */
  constructor(dialog, onClose, region = null) {
    this.dialog = dialog;
    this.onClose = onClose;
    this.region = region;
    /** @type {HTMLElement | null} */
    this.opener = null;
    dialog.querySelector(".close")?.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => this.#onKey(event));
    dialog.addEventListener("click", (event) => this.#onClick(event));
    dialog.addEventListener("close", () => this.#onClosed());
    WIDE.addEventListener("change", () => this.isOpen && this.#place());
  }

  get isOpen() {
    return this.dialog.open || this.region?.hidden === false;
  }

  /** @param {HTMLElement | null} opener gets the focus back */
  open(opener) {
    if (shown !== this) shown?.close();
    shown = this;
    this.opener = opener;
    this.#place();
  }

  close() {
    if (this.dialog.open) {
      this.dialog.close();
    } else if (this.region && !this.region.hidden) {
      this.region.hidden = true;
      this.#onClosed();
    }
  }

  /** Closes without giving the focus back. */
  dismiss() {
    this.opener = null;
    this.close();
  }

  /** Puts the panel beside or over the page, whichever the window has room for. */
  #place() {
    if (this.dialog.open) this.dialog.close();
    const host = WIDE.matches && this.region ? this.region : this.dialog;
    if (this.region) {
      moveContent(host === this.region ? this.dialog : this.region, host);
      this.region.hidden = host !== this.region;
    }
    if (host === this.dialog) WIDE.matches ? this.dialog.show() : this.dialog.showModal();
    document.body.classList.toggle("has-panel", WIDE.matches);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !this.isOpen) return;
    const isBelow = document.querySelector("dialog:modal, [popover]:popover-open") && !this.dialog.matches(":modal");
    if (!isBelow) this.close();
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
    if (this.isOpen) return; // it only changed its place
    if (shown === this) shown = null;
    document.body.classList.toggle("has-panel", shown !== null && WIDE.matches);
    this.onClose?.();
    if (!shown) this.opener?.focus();
  }
}

/**
 * @param {HTMLElement} from
 * @param {HTMLElement} to
 */
function moveContent(from, to) {
  const focused = from.contains(document.activeElement) ? document.activeElement : null;
  to.append(...from.childNodes);
  if (focused instanceof HTMLElement) focused.focus();
}
