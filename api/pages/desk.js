// The demo desk: who waits, who is answered, and what is said where nobody can be.

import { call, element, Problem, problemCard } from "/pages/client.js";
import { avatar, icon } from "/pages/desk-customer.js";
import { Inbox, nameOf, PLACES } from "/pages/desk-inbox.js";
import { load } from "/pages/desk-sidebar.js";
import { Stage } from "/pages/desk-stage.js";
import { offerStar } from "/pages/desk-star.js";

const by = (id) => document.getElementById(id);
const inbox = new Inbox(by("list"), choose);
const stage = new Stage({
  became: (one, state) => {
    inbox.mark(one.conversation_id, state);
    counted();
    onDuty(state === "live" ? one : null);
  },
  again: (one) => begin(one),
});
let chosen = null;

by("answer").addEventListener("click", () => begin(chosen));
by("fold").addEventListener("click", () => unfold(!by("inbox").classList.contains("open")));
load(by("sidebar"));
open();

async function open() {
  try {
    const { conversations, problems, star } = await call("/demo/conversations");
    const first = inbox.fill(conversations);
    offerStar(by("star"), star, (one) => inbox.entry(one));
    by("problems").replaceChildren(...problems.map((one) => element("li", {}, one)));
    counted();
    choose(conversations.find((one) => `#${one.conversation_id}` === location.hash) ?? first);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 404) closed();
    else fail(problem);
  }
}

/** Shows who is waiting; nothing is said before they are answered. */
function choose(one) {
  unfold(false);
  if (!one) return nobody();
  if (stage.holds(one)) return;
  stage.end();
  chosen = one;
  document.body.dataset.place = one.place;
  history.replaceState(null, "", `#${one.conversation_id}`);
  inbox.select(one.conversation_id);
  const [kind, name] = PLACES[one.place] ?? [one.place, ""];
  const calls = one.channel === "call";
  by("caller").replaceChildren(avatar(nameOf(one)));
  by("caller").classList.toggle("rings", calls);
  by("where").textContent = [kind, name].filter(Boolean).join(" · ");
  by("caller-name").textContent = `${nameOf(one)} ${calls ? "is calling" : "is writing"}`;
  by("caller-about").textContent = one.place === "star" ? one.opening : one.title;
  by("answer").replaceChildren(icon(one.channel), calls ? "Answer the call" : "Open the chat");
  show("waiting");
}

async function begin(one) {
  by("answer").disabled = true;
  try {
    await stage.begin(one);
    if (!stage.holds(one)) return;
    show("talk");
    by("transcript").focus({ preventScroll: true });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    fail(problem);
  } finally {
    by("answer").disabled = false;
  }
}

function nobody() {
  empty("Nobody is waiting", "There is no conversation to play. COPILOT_DEMO_KNOWLEDGE names the "
    + "folder of ours; the inbox says what is wrong with it.");
}

function closed() {
  by("inbox").hidden = true;
  empty("The demo desk is closed", "It plays for a developer at this machine, until this server "
    + "has its first API key. Asking works with a key.");
}

function empty(title, words) {
  by("empty").replaceChildren(
    element("h2", {}, title),
    element("p", { className: "quiet" }, words),
    element("a", { href: "/ask", className: "main" }, "Ask the documents"),
  );
  show("empty");
}

function fail(problem) {
  by("empty").replaceChildren(problemCard(problem));
  show("empty");
}

function show(which) {
  for (const id of ["waiting", "talk", "empty"]) by(id).hidden = id !== which;
}

function counted() {
  by("fold-count").textContent = `${inbox.waiting} waiting`;
}

/** What the agent does at this moment, for all to see. */
function onDuty(one) {
  const busy = one?.channel === "call" ? "On a call" : "In a chat";
  by("duty").textContent = one ? `${busy} with ${nameOf(one)}` : "Ready";
}

/** On a narrow screen the inbox is folded away while somebody is on the line. */
function unfold(yes) {
  by("inbox").classList.toggle("open", yes);
  by("fold").setAttribute("aria-expanded", String(yes));
}
