/** Making and finding elements without markup in strings (no innerHTML anywhere, so Trusted Types have nothing to refuse). */

type Child = Node | string | null | undefined | false;
type Value = string | number | boolean | null | undefined | EventListener;

/**
 * Makes an element. A function under `onclick`, `oninput` … is listened with, `true` makes an empty attribute,
 * `false`, `null` and `undefined` leave the attribute out; everything else becomes the attribute's text.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.replace(/^on/, ""), value);
    else set(made, name, value);
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/** Sets or removes one attribute. */
export function set(
  element: Element,
  name: string,
  value: string | number | boolean | null | undefined,
): void {
  const text = value === true ? "" : value;
  if (text === false || text === null || text === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(text)) element.setAttribute(name, String(text));
}

/** Sets the text of an element only when it differs, so that a screen reader is not told the same thing again. */
export function say(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}

/** Shows or hides an element. */
export function show(element: HTMLElement, shown: boolean): void {
  if (element.hidden === shown) element.hidden = !shown;
}

/** The one element with this selector; a page without it is a mistake of ours. */
export function find<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** What the server gave the page in `<script type="application/json" id="…">`. */
export function given<T>(id = "page"): T {
  return JSON.parse(find(`#${id}`).textContent ?? "null") as T;
}

const SVG = "http://www.w3.org/2000/svg";

/** A line drawing of 24 × 24 from path data; decoration, so hidden from screen readers. */
export function icon(paths: string): SVGSVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: "24",
    height: "24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
    focusable: "false",
  })) {
    drawing.setAttribute(name, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", paths);
  drawing.append(path);
  return drawing;
}
