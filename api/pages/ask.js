// The page at which one asks: a question in, a reply with its evidence out.

import { call, element, keep, Problem, problemCard, withKey } from "/pages/client.js";
import { marker, passageCard, quoteOf, sourceCard, sourcesOf } from "/pages/evidence.js";
import { typeset } from "/pages/typeset.js";

const REASONS = {
  no_need: "There is nothing here that needs an answer.",
  no_evidence: "The documents say nothing about this.",
  weak_evidence: "Something comes close, but not close enough to rely on.",
  conflicting: "Two documents that hold today say different things. Both are below; you decide.",
  out_of_date: "What would answer this does not hold today.",
  not_permitted: "What would answer this is not for your role or place.",
  deadline: "Finding an answer took too long. Ask again.",
};

// From this share on, confidence is called so.
const CONFIDENCE = [[0.9, "high"], [0.7, "good"], [0.5, "fair"], [0, "low"]];

const form = document.getElementById("ask");
const question = document.getElementById("question");
const mistake = document.getElementById("mistake");
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
question.addEventListener("input", () => wrong(""));
for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    question.value = example.querySelector(".words").textContent;
    question.focus();
    form.requestSubmit();
  });
}

async function ask(words) {
  wrong(words ? "" : "Write a question first.");
  if (!words) return question.focus();
  underWay?.abort();
  const mine = (underWay = new AbortController());
  if (!keyring.hidden) keep(keyField.value);
  busy(true);
  try {
    const body = JSON.stringify({ question: words });
    const asked = () => call("/v1/ask", { method: "POST", body, signal: mine.signal });
    const suggestion = await withKey(asked);
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
  if (!yes) return;
  announcement.textContent = "";
  document.body.classList.add("asked");
}

function wrong(what) {
  mistake.textContent = what;
  question.setAttribute("aria-invalid", String(what !== ""));
}

function fail(problem) {
  answer.replaceChildren(problemCard(problem));
  announcement.textContent = `${problem.title}. ${problem.message}`;
  if (problem.status !== 401) return;
  keyring.hidden = false;
  keyField.focus();
}

function unlocked() {
  if (keyring.hidden) return;
  keyring.hidden = true;
  question.focus();
}

function show(suggestion) {
  const { reply, reason, passages } = suggestion;
  const sources = sourcesOf(suggestion);
  const cited = new Set(sources.flatMap((source) => source.passages));
  const others = passages.filter((passage) => !cited.has(passage));
  unlocked();
  answer.replaceChildren(
    ...(reply ? replied(suggestion, sources) : [silenceCard(reason)]),
    ...(reason === "conflicting" ? opposed(others.splice(0, 2)) : []),
    ...(others.length ? [below(others, reply ? "Also found" : "Nearest passages")] : []),
  );
  announcement.textContent = reply
    ? `Answer with ${extent(sources)}. Confidence ${sure(suggestion)}.`
    : `No answer. ${REASONS[reason] ?? ""}`;
}

function replied(suggestion, sources) {
  return [
    replyCard(suggestion, sources),
    element(
      "div",
      { className: "above" },
      element("h2", {}, "Evidence"),
      element("span", { className: "quiet" }, extent(sources)),
    ),
    element("ol", { className: "cards" }, ...sources.map(sourceCard)),
  ];
}

function replyCard(suggestion, sources) {
  const { text, sentences } = suggestion.reply;
  const markers = (sentence) =>
    sentence.citations.map((citation) => marker(quoteOf(sources, citation)));
  const lines = typeset(text, sentences, (nodes, sentence, { ends }) =>
    ends ? [...nodes, ...markers(sentence)] : nodes);
  return element(
    "div",
    { className: "card reply" },
    element("div", { className: "facts" }, element("h2", {}, "Answer"), confidence(suggestion)),
    element("div", { className: "words" }, ...lines),
  );
}

function confidence(suggestion) {
  const filled = element("span");
  filled.style.width = `${suggestion.confidence * 100}%`;
  return element(
    "p",
    { className: "confidence quiet" },
    "Confidence",
    element("span", { className: "gauge", "aria-hidden": "true" }, filled),
    sure(suggestion),
  );
}

function sure({ confidence: share }) {
  const [, word] = CONFIDENCE.find(([least]) => share >= least);
  return `${word}, ${Math.round(share * 100)}%`;
}

function silenceCard(reason) {
  return element(
    "div",
    { className: "card reply silent" },
    element("h2", {}, "No answer"),
    element("p", { className: "words" }, REASONS[reason] ?? "There is no answer to show."),
  );
}

function opposed(passages) {
  return [
    element("div", { className: "above" }, element("h2", {}, "The two that differ")),
    element("ol", { className: "cards opposed" }, ...passages.map(passageCard)),
  ];
}

function below(passages, name) {
  return element(
    "details",
    {},
    element("summary", {}, `${name} (${passages.length})`),
    element("ol", { className: "cards" }, ...passages.map(passageCard)),
  );
}

function extent(sources) {
  const quotes = sources.reduce((sum, source) => sum + source.quotes.length, 0);
  return `${count(quotes, "quote")} from ${count(sources.length, "source")}`;
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
