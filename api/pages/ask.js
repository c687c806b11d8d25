// The page at which one asks: a question in, a reply with its evidence out.

import { call, element, keep, parts, Problem, problemCard } from "/pages/client.js";

const REASONS = {
  no_need: "There is nothing here that needs an answer.",
  no_evidence: "The documents say nothing about this.",
  weak_evidence: "Something comes close, but not close enough to rely on.",
  conflicting: "Two documents that hold today say different things. Both are below; you decide.",
  out_of_date: "What would answer this does not hold today.",
  not_permitted: "What would answer this is not for your role or place.",
  deadline: "Finding an answer took too long. Ask again.",
};

// Characters of context that are shown on each side of a quote.
const NEAR = 240;

const form = document.getElementById("ask");
const question = document.getElementById("question");
const keyring = document.getElementById("keyring");
const keyField = document.getElementById("key");
const answer = document.getElementById("answer");
const announcement = document.getElementById("announcement");
const button = form.querySelector("button");
let underWay = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(question.value.trim());
});
question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

async function ask(words) {
  if (!words) return question.focus();
  underWay?.abort();
  const mine = (underWay = new AbortController());
  if (!keyring.hidden) keep(keyField.value);
  busy(true);
  try {
    const body = JSON.stringify({ question: words });
    const suggestion = await call("/v1/ask", { method: "POST", body, signal: mine.signal });
    if (mine === underWay) show(suggestion);
  } catch (error) {
    if (mine !== underWay || error.name === "AbortError") return;
    if (!(error instanceof Problem)) throw error;
    fail(error);
  } finally {
    if (mine === underWay) busy(false);
  }
}

function busy(yes) {
  answer.setAttribute("aria-busy", String(yes));
  button.setAttribute("aria-disabled", String(yes));
  if (yes) announcement.textContent = "";
}

function fail(problem) {
  answer.replaceChildren(problemCard(problem));
  announcement.textContent = `${problem.title}. ${problem.message}`;
  if (problem.status !== 401) return;
  keyring.hidden = false;
  keyField.focus();
}

function show(suggestion) {
  const sources = sourcesOf(suggestion);
  const shown = new Set(sources.map((source) => source.passage));
  const others = suggestion.passages.filter((passage) => !shown.has(passage));
  const parted = suggestion.reply === null && suggestion.reason === "conflicting";
  answer.replaceChildren(
    suggestion.reply ? replyCard(suggestion, sources) : silenceCard(suggestion),
    ...(sources.length ? [element("h2", {}, "Evidence"), cards(sources)] : []),
    ...(others.length ? [passagesBelow(others, parted)] : []),
  );
  announcement.textContent = suggestion.reply
    ? `Answer with ${count(sources.length, "source")}, confidence ${percent(suggestion)}.`
    : `No answer. ${REASONS[suggestion.reason] || ""}`;
}

/** Each passage that is cited, once, in the order of the sentences, with the spans cited in it. */
function sourcesOf(suggestion) {
  const sources = [];
  for (const sentence of suggestion.reply?.sentences ?? []) {
    for (const citation of sentence.citations) {
      const passage = suggestion.passages.find((one) => covers(one, citation)) ?? null;
      let source = sources.find((one) =>
        passage ? one.passage === passage : same(one.spans[0], citation) && !one.passage);
      if (!source) sources.push((source = { number: sources.length + 1, passage, spans: [] }));
      if (!source.spans.some((span) => same(span, citation))) source.spans.push(citation);
    }
  }
  return sources;
}

function covers(passage, citation) {
  return passage.document_id === citation.document_id && passage.version === citation.version
    && passage.start <= citation.start && citation.end <= passage.end;
}

function same(one, other) {
  return ["document_id", "version", "start", "end"].every((name) => one[name] === other[name]);
}

function replyCard(suggestion, sources) {
  const { text, sentences } = suggestion.reply;
  const words = parts(text, sentences).flatMap(({ text: piece, span }) =>
    span ? [piece, ...span.citations.map((citation) => marker(citation, sources))] : [piece]);
  return element(
    "div",
    { className: "card reply" },
    element("p", { className: "words" }, ...words),
    element(
      "p",
      { className: "facts quiet" },
      gauge(suggestion.confidence),
      `Confidence ${percent(suggestion)}`,
    ),
  );
}

function gauge(share) {
  const filled = element("span");
  filled.style.width = `${share * 100}%`;
  return element("span", { className: "gauge", "aria-hidden": "true" }, filled);
}

function marker(citation, sources) {
  const source = sources.find((one) => one.spans.some((span) => same(span, citation)));
  return element(
    "a",
    {
      className: "marker",
      href: `#source-${source.number}`,
      title: citation.quote,
      "aria-label": `Source ${source.number}`,
    },
    `[${source.number}]`,
  );
}

function silenceCard(suggestion) {
  const why = REASONS[suggestion.reason] || "There is no answer to show.";
  return element(
    "div",
    { className: "card reply silent" },
    element("h2", { className: "said" }, "No answer"),
    element("p", {}, why),
  );
}

function cards(sources) {
  return element("ol", { className: "cards" }, ...sources.map(sourceCard));
}

function sourceCard({ number, passage, spans }) {
  const [first] = spans;
  const text = passage?.text ?? first.quote;
  const offset = passage?.start ?? first.start;
  return element(
    "li",
    { className: "card source", id: `source-${number}`, tabIndex: -1 },
    head(`[${number}]`, passage?.title ?? first.document_id, passage?.heading, first),
    element("p", { className: "context" }, ...trimmed(parts(text, spans, offset)).map(quoted)),
  );
}

/** The parts with what is far from every quote left out. */
function trimmed(pieces) {
  return pieces.map((piece, index) => {
    const points = Array.from(piece.text);
    if (piece.span || points.length <= 2 * NEAR) return piece;
    const before = index === 0 ? [] : points.slice(0, NEAR);
    const after = index === pieces.length - 1 ? [] : points.slice(-NEAR);
    return { text: [...before, " … ", ...after].join(""), span: null };
  });
}

function quoted({ text, span }) {
  if (!span) return text;
  const link = { className: "quote", href: address(span), target: "_blank", rel: "noopener" };
  return element("a", link, element("mark", {}, text));
}

function passagesBelow(passages, open) {
  const items = passages.map((passage) =>
    element(
      "li",
      { className: "card source" },
      head("", passage.title, passage.heading, passage),
      element("p", { className: "context" }, passage.text),
    ));
  const summary = element("summary", {}, `Passages found (${passages.length})`);
  return element("details", { open }, summary, element("ol", { className: "cards" }, ...items));
}

function head(number, title, heading, span) {
  const link = { href: address(span), target: "_blank", rel: "noopener" };
  return element(
    "div",
    { className: "head" },
    number ? element("span", { className: "marker" }, number) : null,
    element(
      "div",
      {},
      element("h3", {}, element("a", link, title)),
      heading ? element("p", { className: "quiet" }, heading) : null,
    ),
  );
}

function address({ document_id: id, version, start, end }) {
  return `/documents/view?${new URLSearchParams({ id, version, start, end })}`;
}

function percent(suggestion) {
  return `${Math.round(suggestion.confidence * 100)}%`;
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
