// The passages that a suggestion stands on, with the quoted words marked in their context.

import { make, marked, said } from "./make.js";

/** @import { Citation, Passage, Place, Shown, Wiring } from "./types.js" */

/** A citation's passage by its number in the list. @param {Shown} shown @param {Citation} citation */
export function numberOf(shown, citation) {
  return 1 + passagesOf(shown).findIndex((passage) => holds(passage, citation));
}

/** @param {Shown} shown */
function citations(shown) {
  return (shown.reply?.sentences ?? []).flatMap((sentence) => sentence.citations);
}

/** Its passages, and then what is quoted from beside them. @param {Shown} shown */
function passagesOf(shown) {
  const all = [...shown.passages];
  for (const citation of citations(shown)) {
    if (all.some((one) => holds(one, citation))) continue;
    const { document_id: id, version, quote: text } = citation;
    const title = all.find((one) => one.document_id === id && one.version === version)?.title ?? id;
    all.push({ ...citation, text, title, heading: "", passage_id: "" });
  }
  return all;
}

/** @param {Shown} shown @param {Wiring} wiring */
export function evidence(shown, wiring) {
  const cited = citations(shown);
  return make("ol", { className: "evidence" }, ...passagesOf(shown).map((passage, index) =>
    card(passage, index + 1, cited, wiring)));
}

/**
 * @param {Passage} passage
 * @param {number} number
 * @param {Citation[]} cited
 * @param {Wiring} wiring
 */
function card(passage, number, cited, wiring) {
  const quotes = cited.filter((citation) => holds(passage, citation));
  const first = quotes[0] ?? passage;
  const past = passage.document_id.startsWith("interaction/");
  const link = opening({ ...passage, start: first.start, end: first.end }, wiring,
    "Open the document here");
  const details = make(
    "details",
    { id: passage.passage_id, open: quotes.length > 0 || (number === 1 && !cited.length) },
    make("summary", {}, make("span", { className: "number" }, `${number}`),
      make("span", { className: "title" }, said(passage.title))),
    passage.heading !== passage.title && make("p", { className: "quiet" }, said(passage.heading)),
    make("p", { className: "text", dir: "auto" }, marked(passage.text, quotes, passage.start)),
    past ? make("p", { className: "quiet" }, "From this customer's history.") : link,
  );
  return make("li", { id: `passage-${number}`, tabIndex: -1 }, details);
}

/** @param {Passage} passage @param {Citation} citation */
function holds(passage, citation) {
  return (
    passage.document_id === citation.document_id &&
    passage.version === citation.version &&
    passage.start < citation.end &&
    citation.start < passage.end
  );
}

/**
 * A link that opens the document at these words.
 * @param {Place & {passage_id?: string}} place
 * @param {Wiring} wiring
 * @param {string} label
 */
export function opening(place, wiring, label) {
  const { document_id, version, start, end } = place;
  const id = encodeURIComponent(document_id);
  const href =
    `${wiring.api()}/documents/view?id=${id}&version=${version}&start=${start}&end=${end}`;
  const link = make("a", { href, target: "_blank", rel: "noopener" }, label);
  link.addEventListener("click", () => {
    // The page that opens has no token; no server sees this part of an address.
    link.hash = wiring.token();
    setTimeout(() => (link.hash = ""));
    wiring.opened(place);
  });
  return link;
}
