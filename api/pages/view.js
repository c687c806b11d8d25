// One document version with one span of it marked.

import { call, element, keep, parts, Problem, problemCard } from "/pages/client.js";

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
open();

async function open() {
  const id = encodeURIComponent(asked.get("id") ?? "");
  const version = asked.get("version");
  const query = version ? `?version=${encodeURIComponent(version)}` : "";
  sheet.setAttribute("aria-busy", "true");
  try {
    show(await call(`/v1/documents/${id}${query}`));
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
  const pieces = parts(found.text, spans()).map(({ text, span }) =>
    span ? element("mark", { tabIndex: -1 }, text) : text);
  sheet.replaceChildren(facts(found), element("div", { className: "card whole" }, ...pieces));
  announcement.textContent = `${found.title}, version ${found.version}, ${found.state}.`;
  const mark = sheet.querySelector("mark");
  if (!mark) return;
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
}

function spans() {
  const start = Number(asked.get("start"));
  const end = Number(asked.get("end"));
  return Number.isInteger(start) && start >= 0 && end > start ? [{ start, end }] : [];
}

function facts(found) {
  const badge = found.state === "live" ? "badge live" : "badge gone";
  const holds = [
    found.effective_from ? `from ${day(found.effective_from)}` : "",
    found.effective_to ? `until ${day(found.effective_to)}` : "",
  ].join(" ").trim();
  return element(
    "p",
    { className: "facts quiet" },
    element("span", { className: badge }, found.state),
    element("span", {}, `Version ${found.version} of ${day(found.created_at)}`),
    found.owner ? element("span", {}, found.owner) : null,
    holds ? element("span", {}, `Holds ${holds}`) : null,
    /^https?:/i.test(found.url ?? "")
      ? element("a", { href: found.url, rel: "noopener noreferrer" }, "Original")
      : null,
  );
}

function day(moment) {
  return new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });
}
