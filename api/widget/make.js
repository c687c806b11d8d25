// Elements without markup strings, and code points: offsets of the API count them, JavaScript does not.

/**
 * An element with properties and children; strings become text, never markup.
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {Record<string, unknown>} [properties]  attributes where they are no property
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[N]}
 */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (property in made) Object.assign(made, { [property]: value });
    else made.setAttribute(property, String(value));
  }
  made.append(.../** @type {(Node | string)[]} */ (children.filter(Boolean)));
  return made;
}

/**
 * @param {string} label
 * @param {() => void} act
 * @param {Record<string, unknown>} [properties]
 */
export function button(label, act, properties = {}) {
  const made = make("button", { type: "button", ...properties }, label);
  made.addEventListener("click", act);
  return made;
}

/** Words whose direction is their own, and does not reach beyond them. @param {string} words */
export function said(words) {
  return make("bdi", {}, words);
}

/** A document's words without its signs for emphasis. @param {string} markdown */
export function plain(markdown) {
  return markdown
    .replace(/^#{1,6} |\*\*|__|`+|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)/gm, "")
    .replace(/\[([^[\]\n]+)\]\([^()\s]*\)/g, "$1");
}

/**
 * A text with the spans in it marked; spans are {start, end} in code points from `offset` on.
 * @param {string} text
 * @param {{start: number, end: number}[]} spans
 * @param {number} offset
 */
export function marked(text, spans, offset) {
  const points = Array.from(text);
  const found = document.createDocumentFragment();
  let at = 0;
  /** @param {number} end @param {boolean} mark */
  const add = (end, mark) => {
    const to = Math.min(end, points.length);
    if (to <= at) return;
    const words = plain(points.slice(at, to).join(""));
    found.append(mark ? make("mark", {}, words) : words);
    at = to;
  };
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    add(Math.max(0, start - offset), false);
    add(Math.max(0, end - offset), true);
  }
  add(points.length, false);
  return found;
}
