// The passages that a suggestion stands on, with the quoted words marked in their context.

import { make, marked, said } from "./make.js";

/** @typedef {import("./types.js").Passage} Passage */
/** @typedef {import("./types.js").Citation} Citation */
/** @typedef {import("./types.js").Shown} Shown */

/**
 * @param {Shown} shown
 * @returns {Citation[]}  in the order of the reply
 */
export function citations(shown) {
  return (shown.reply?.sentences ?? []).flatMap((sentence) => sentence.citations);
}

/**
 * The number of the passage that holds a citation, as it is listed, from 1; 0 for none.
 * @param {Shown} shown
 * @param {Citation} citation
 */
export function numberOf(shown, citation) {
  return 1 + shown.passages.findIndex((passage) => holds(passage, citation));
}

/**
 * @param {Shown} shown
 * @param {{api: string, opened: (passage: Passage) => void}} wiring
 */
export function evidence(shown, wiring) {
  const cited = citations(shown);
  return make(
    "ol",
    { className: "evidence" },
    ...shown.passages.map((passage, index) => card(passage, index + 1, cited, wiring)),
  );
}

/**
 * @param {Passage} passage
 * @param {number} number
 * @param {Citation[]} cited
 * @param {{api: string, opened: (passage: Passage) => void}} wiring
 */
function card(passage, number, cited, { api, opened }) {
  const quotes = cited.filter((citation) => holds(passage, citation));
  const first = quotes[0] ?? passage;
  const past = passage.document_id.startsWith("interaction/");
  const title = make("span", { className: "title" }, said(passage.title));
  const summary = make("summary", {}, make("span", { className: "number" }, String(number)), title);
  const text = make("p", { className: "text", dir: "auto" });
  text.append(marked(passage.text, quotes, passage.start));
  const link = make(
    "a",
    { href: address(api, passage, first), target: "_blank", rel: "noopener" },
    "Open the document here",
  );
  link.addEventListener("click", () => opened(passage));
  const details = make(
    "details",
    { open: quotes.length > 0 || (number === 1 && cited.length === 0) },
    summary,
    passage.heading && make("p", { className: "quiet" }, said(passage.heading)),
    text,
    past ? make("p", { className: "quiet" }, "From this customer's history.") : link,
  );
  return make("li", { id: `passage-${number}`, tabIndex: -1 }, details);
}

/**
 * @param {Passage} passage
 * @param {Citation} citation
 */
function holds(passage, citation) {
  return (
    passage.document_id === citation.document_id &&
    passage.version === citation.version &&
    passage.start < citation.end &&
    citation.start < passage.end
  );
}

/**
 * Where the viewer shows these words, at this version.
 * @param {string} api
 * @param {Passage} passage
 * @param {{start: number, end: number}} words
 */
function address(api, passage, { start, end }) {
  const query = new URLSearchParams({
    id: passage.document_id,
    version: String(passage.version),
    start: String(start),
    end: String(end),
  });
  return `${api}/documents/view?${query}`;
}
