// What a suggestion stands on, as cards: whole passages, and in them the words that are cited.

import { element } from "/pages/client.js";
import { typeset } from "/pages/typeset.js";

// Ids of a customer's past conversations; they are no documents, and no page opens them.
const HISTORY = "interaction/";
// Cited words that are this near to each other, in code points, are shown without a sign between.
const NEAR = 12;

/** One source a document version that is cited; its quotes are numbered as the reply cites them. */
export function sourcesOf({ reply, passages }) {
  const sources = [];
  let number = 0;
  for (const citation of (reply?.sentences ?? []).flatMap((sentence) => sentence.citations)) {
    let source = sources.find((one) => ofOne(one, citation));
    if (!source) sources.push((source = sourceOf(citation, passages)));
    if (source.quotes.some((quote) => same(quote, citation))) continue;
    source.quotes.push({ ...citation, number: ++number, title: source.title });
  }
  return sources.map(held);
}

/** The quote, with its number, that a citation is. */
export function quoteOf(sources, citation) {
  return sources.flatMap((source) => source.quotes).find((quote) => same(quote, citation));
}

/** A number in a reply: to the document at these words, or to the card that shows them. */
export function marker(quote) {
  const target = isHistory(quote) ? { href: `#quote-${quote.number}` } : outside(quote);
  return element(
    "a",
    {
      ...target,
      className: "marker",
      title: quote.quote,
      "aria-label": `Source ${quote.number}: ${quote.title}`,
    },
    `\u2060${quote.number}`,
  );
}

export function sourceCard(source) {
  const [first] = source.quotes;
  const context = runsOf(source).flatMap((run, index, runs) => {
    const gap = index > 0 ? run.start - runs[index - 1].end : 0;
    const lines = typeset(run.words.join(""), source.quotes, quoted, {
      offset: run.start,
      title: source.title,
    });
    return gap > NEAR ? [element("p", { className: "gap" }, "⋯"), ...lines] : lines;
  });
  return card(source, first, context);
}

export function passageCard(passage) {
  return card(passage, passage, typeset(passage.text, [], quoted, { title: passage.title }));
}

function sourceOf(citation, passages) {
  const own = passages.filter((passage) => ofOne(passage, citation));
  const { document_id, version } = citation;
  return { document_id, version, title: own[0]?.title ?? document_id, passages: own, quotes: [] };
}

/** The source with those of its passages that hold a quote, and the headings above the first. */
function held(source) {
  const passages = source.passages
    .filter((one) => source.quotes.some((quote) => meet(one, quote)))
    .sort((one, other) => one.start - other.start);
  const [first] = passages;
  const leads = first && source.quotes.every((quote) => first.start <= quote.start);
  return { ...source, passages, heading: leads ? first.heading : "" };
}

/** The source's passages, and the quotes that none of them holds, joined where they meet. */
function runsOf({ passages, quotes }) {
  const pieces = [
    ...passages.map(({ start, text }) => ({ start, words: Array.from(text) })),
    ...quotes.map(({ start, quote }) => ({ start, words: Array.from(quote) })),
  ].sort((one, other) => one.start - other.start);
  const runs = [];
  for (const { start, words } of pieces) {
    const last = runs.at(-1);
    // One character between two sentences that are cited is the space or the line end there.
    if (!last || start > last.end + 1) {
      runs.push({ start, words: [...words], end: start + words.length });
      continue;
    }
    if (start === last.end + 1) last.words.push(" ");
    last.words.push(...words.slice(Math.max(0, last.start + last.words.length - start)));
    last.end = last.start + last.words.length;
  }
  return runs;
}

function card({ title, heading }, span, context) {
  const name = isHistory(span) ? title : element("a", outside(span), title);
  const below = isHistory(span) ? "From this customer's history" : path(title, heading, context);
  return element(
    "li",
    { className: "card source" },
    element("h3", {}, name),
    below ? element("p", { className: "quiet" }, below) : null,
    element("div", { className: "context" }, ...context),
  );
}

/** The headings above the context, without the title and without the one it begins with. */
function path(title, heading, [first]) {
  const parts = heading.split(" › ");
  if (parts[0] === title) parts.shift();
  if (first?.classList.contains("heading")) parts.pop();
  return parts.join(" › ");
}

function quoted(nodes, quote, { begins }) {
  const mark = element("mark", {}, ...nodes);
  const id = begins ? { id: `quote-${quote.number}` } : {};
  const inner = [begins ? element("span", { className: "number" }, `${quote.number}`) : null, mark];
  return isHistory(quote)
    ? [element("span", { className: "quote", tabIndex: -1, ...id }, ...inner)]
    : [element("a", { className: "quote", ...outside(quote), ...id }, ...inner)];
}

function outside({ document_id: id, version, start, end }) {
  const href = `/documents/view?${new URLSearchParams({ id, version, start, end })}`;
  return { href, target: "_blank", rel: "noopener" };
}

function isHistory({ document_id: id }) {
  return id.startsWith(HISTORY);
}

function ofOne(one, other) {
  return one.document_id === other.document_id && one.version === other.version;
}

function same(one, other) {
  return ofOne(one, other) && one.start === other.start && one.end === other.end;
}

function meet(one, other) {
  return one.start < other.end && other.start < one.end;
}
