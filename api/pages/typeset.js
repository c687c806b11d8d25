// Stored text as lines that read well: headings, lists, rows and emphasis of Markdown.
// Every character stays in its place in the page; signs that only mark up are not displayed.

import { element, parts } from "/pages/client.js";

const HEADING = /^ {0,3}(#{1,6})[ \t]+(?=\S)/;
const ITEM = /^[ \t]*(?:[-*+•]|\(?\d{1,3}[.)])[ \t]+(?=\S)/;
const ROW = /^[ \t]*\|.*\|\s*$|\S \| \S/;
const RULER = /^[\s:|-]+$/;
const CELLS = /^\s*\|[^|]*|^[^|]+|\|[^|]*/g;
const FENCE = /^ {0,3}(?:```|~~~)/;
// Bounded, so that no line takes long.
const EMPHASIS = /(?<![*\w])(\*\*?)(?=[^\s*])(.{0,400}?[^\s*])\1(?![*\w])/g;

/**
 * The lines of a text that begins at an offset, as elements. What lies in a span becomes
 * `wrap(nodes, span, { begins, ends })`; a span over several lines or cells has several pieces.
 * A first heading is one level below `level`; one that repeats the title, which stands above the
 * text already, is not displayed.
 */
export function typeset(text, spans, wrap, { offset = 0, level = 3, title = "" } = {}) {
  let at = offset;
  let fenced = false;
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((words) => {
    const begin = at;
    at += length(words);
    const here = spans.filter((span) => span.start < at && span.end > begin);
    const fence = FENCE.test(words);
    const code = fenced || fence;
    if (fence) fenced = !fenced;
    const made = line(words, begin, here, wrap, code ? "code" : kind(words));
    if (HEADING.test(words) && !code) head(made, words, level, title);
    return made;
  });
}

function kind(words) {
  if (!words.trim()) return "blank";
  if (HEADING.test(words)) return "heading";
  if (ROW.test(words)) return RULER.test(words) ? "ruler" : "row";
  return ITEM.test(words) ? "item" : "plain";
}

function head(made, words, level, title) {
  made.setAttribute("role", "heading");
  made.setAttribute("aria-level", Math.min(level + HEADING.exec(words)[1].length, 6));
  made.classList.toggle("again", words.replace(HEADING, "").trim() === title);
}

function line(words, begin, spans, wrap, kind) {
  const made = element("div", { className: `line ${kind}` });
  let at = begin;
  for (const cell of kind === "row" ? words.match(CELLS) : [words]) {
    const nodes = inline(cell, at, spans, wrap, kind);
    made.append(...(kind === "row" ? [element("span", { className: "cell" }, ...nodes)] : nodes));
    at += length(cell);
  }
  return made;
}

/** Text without a line's structure: spans outside, emphasis inside. */
function inline(text, begin, spans, wrap, kind) {
  const styles = kind === "code" ? [] : styled(text, kind);
  let at = 0;
  return parts(text, spans, begin).flatMap(({ text: piece, span }) => {
    const nodes = parts(piece, styles, at).map(({ text: words, span: style }) =>
      style ? element(style.name, { className: style.className ?? "" }, words) : words);
    const begins = span?.start >= begin + at;
    at += length(piece);
    return span ? wrap(nodes, span, { begins, ends: span.end <= begin + at }) : nodes;
  });
}

function styled(text, kind) {
  const found = [];
  const add = (from, to, name, className) =>
    found.push({ start: length(text.slice(0, from)), end: length(text.slice(0, to)), name, className });
  const hide = (from, to) => add(from, to, "span", "syntax");
  if (kind === "heading") hide(0, HEADING.exec(text)[0].length);
  if (kind === "item") add(0, ITEM.exec(text)[0].length, "span", "bullet");
  if (kind === "row") hide(0, text.indexOf("|") + 1);
  for (const { index, 0: whole, 1: sign } of text.matchAll(EMPHASIS)) {
    const end = index + whole.length;
    hide(index, index + sign.length);
    add(index + sign.length, end - sign.length, sign.length === 2 ? "strong" : "em");
    hide(end - sign.length, end);
  }
  return found;
}

function length(text) {
  return Array.from(text).length;
}
