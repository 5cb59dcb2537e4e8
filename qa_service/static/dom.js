/**
 * Make an element. Text becomes a text node, so nothing of an article is ever read as markup.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] properties of the element, or attributes such as aria-label
 * @param {...(Node | string | null)} children null is left out
 * @returns {HTMLElement}
 */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/**
 * The page's element with this id, which the template promises.
 *
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  return document.getElementById(id);
}
