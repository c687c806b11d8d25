// One document version with one span of it marked.

import { call, element, keep, Problem, problemCard, withKey } from "/pages/client.js";
import { typeset } from "/pages/typeset.js";

const STATES = {
  live: "Holds today",
  scheduled: "Does not hold yet",
  expired: "No longer holds",
  superseded: "Superseded by another document",
  replaced: "An older version",
  retired: "Retired",
};
const FRONT = /^---\r?\n[^]*?\n---[ \t]*(?:\r?\n|$)/;

const asked = new URLSearchParams(location.search);
const unlock = document.getElementById("unlock");
const keyField = document.getElementById("key");
const sheet = document.getElementById("document");
const announcement = document.getElementById("announcement");

unlock.addEventListener("submit", (event) => {
  event.preventDefault();
  keep(keyField.value);
  open();
});
// The sidebar hands its token over in the part of the address that no server sees.
if (location.hash) {
  keep(decodeURIComponent(location.hash.slice(1)));
  history.replaceState(null, "", location.pathname + location.search);
}
open();

async function open() {
  const id = encodeURIComponent(asked.get("id") ?? "");
  const version = asked.get("version");
  const query = version ? `?version=${encodeURIComponent(version)}` : "";
  sheet.setAttribute("aria-busy", "true");
  try {
    show(await withKey(() => call(`/v1/documents/${id}${query}`)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    fail(error);
  } finally {
    sheet.setAttribute("aria-busy", "false");
  }
}

function fail(problem) {
  sheet.replaceChildren(problemCard(problem));
  announcement.textContent = `${problem.title}. ${problem.message}`;
  if (problem.status !== 401) return;
  unlock.hidden = false;
  keyField.focus();
}

function show(found) {
  unlock.hidden = true;
  document.title = found.title;
  document.getElementById("title").textContent = found.title;
  sheet.replaceChildren(facts(found), element("div", { className: "card whole" }, ...words(found)));
  announcement.textContent = `${found.title}, version ${found.version}. ${STATES[found.state]}.`;
  const mark = sheet.querySelector("mark");
  if (!mark) return;
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
}

/** The document's lines, its front matter folded away: what it says stands in the facts. */
function words({ text, title }) {
  const front = FRONT.exec(text)?.[0] ?? "";
  const offset = Array.from(front).length;
  const lines = typeset(text.slice(front.length), spans(), marked, { offset, level: 1, title });
  if (!front) return lines;
  const head = typeset(front, spans(), marked, { level: 1 });
  const folded = element("details", {}, element("summary", {}, "Front matter"), ...head);
  folded.open = folded.querySelector("mark") !== null;
  return [...lines, folded];
}

function marked(nodes) {
  return [element("mark", {}, ...nodes)];
}

function spans() {
  const start = Number(asked.get("start"));
  const end = Number(asked.get("end"));
  return Number.isInteger(start) && start >= 0 && end > start ? [{ start, end }] : [];
}

function facts(found) {
  const badge = found.state === "live" ? "badge live" : "badge gone";
  const since = found.effective_from ? `From ${day(found.effective_from)}` : "";
  const until = found.effective_to ? `Until ${day(found.effective_to)}` : "";
  return element(
    "p",
    { className: "facts quiet" },
    element("span", { className: badge }, STATES[found.state] ?? found.state),
    ...[since, until].filter(Boolean).map((words) => element("span", {}, words)),
    found.owner ? element("span", {}, `Kept by ${found.owner}`) : null,
    element("span", {}, `Version ${found.version}, read in on ${day(found.created_at)}`),
    /^https?:/i.test(found.url ?? "")
      ? element("a", { href: found.url, rel: "noopener noreferrer" }, "Original")
      : null,
  );
}

function day(moment) {
  return new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });
}
