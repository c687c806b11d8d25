// The reply: its sentences with the numbers of their evidence, its editor, and what is decided.

import { numberOf } from "./evidence.js";
import { button, make } from "./make.js";
import { DECIDED, REASONS, SILENT, sureness } from "./words.js";

/** @import { Shown, Wiring } from "./types.js" */
/** @typedef {(number: number) => void} Source  goes to the passage of this number */

/** @param {Shown} shown @param {Wiring} wiring @param {Source} source */
export function reply(shown, wiring, source) {
  const children = shown.reply
    ? [head(shown), words(shown, wiring, source), state(shown), actions(shown, wiring)]
    : [make("p", { className: "quiet" }, silence(shown)), state(shown)];
  return make("div", { className: "reply" }, ...children);
}

/** @param {Shown} shown */
function silence({ underway, reason }) {
  if (underway) return "Looking for a reply …";
  return SILENT[reason ?? ""] ?? "There is no reply.";
}

/** @param {Shown} shown */
function head({ confidence: value }) {
  return make("p", { className: "sureness" },
    make("meter", { low: 0.6, high: 0.8, optimum: 1, value, "aria-hidden": "true" }),
    sureness(value));
}

/**
 * The reply as it reads, or its editor once the person wants to change it.
 * @param {Shown} shown
 * @param {Wiring} wiring
 * @param {Source} source
 */
function words(shown, wiring, source) {
  if (shown.editing !== null) return editor(shown, wiring, "The reply");
  const made = make("p", { className: "words", dir: "auto" });
  const points = Array.from(shown.reply?.text ?? "");
  let at = 0;
  for (const sentence of shown.reply?.sentences ?? []) {
    made.append(points.slice(at, sentence.end).join(""));
    at = sentence.end;
    for (const number of new Set(sentence.citations.map((one) => numberOf(shown, one)))) {
      const mark = make("button", { type: "button", className: "number",
        "aria-label": `Evidence ${number}` }, String(number));
      mark.addEventListener("click", () => source(number));
      made.append(mark);
    }
  }
  made.append(points.slice(at).join(""));
  return made;
}

/** @param {Shown} shown @param {Wiring} wiring @param {string} label */
function editor(shown, { edit }, label) {
  const field = make("textarea", { id: `words-${shown.id}`, value: shown.editing, dir: "auto",
    rows: 5, "aria-label": label });
  field.addEventListener("input", () => edit(shown, field.value));
  return field;
}

/**
 * Words that a person has edited in a suggestion of before, until they are taken or discarded.
 * @param {Shown[]} all
 * @param {Wiring} wiring
 */
export function kept(all, wiring) {
  return all.map((shown) => {
    const field = editor(shown, wiring, "Your words");
    const take = () => wiring.decide(shown, "edited", { final_text: field.value });
    return make("div", { className: "kept" },
      make("h2", {}, "Your words, from before the customer went on"), field,
      make("div", { className: "actions" }, button("Take", take, { "data-key": "T" }),
        button("Discard", () => wiring.edit(shown, null))));
  });
}

/** @param {Shown} shown */
function state({ superseded, decision }) {
  if (!decision && !superseded) return null;
  const words = decision ? (DECIDED[decision] ?? decision)
    : "The customer has gone on. This can no longer be taken.";
  return make("p", { className: decision ? "state quiet" : "state stale", tabIndex: -1 }, words);
}

/** @param {Shown} shown @param {Wiring} wiring */
function actions(shown, { decide, edit }) {
  const over = shown.superseded || shown.decision !== null || shown.underway;
  /** @param {string} label @param {string} key @param {() => void} act @param {string} [kind] */
  const keyed = (label, key, act, kind = "") => button(label, act, { disabled: over,
    className: kind, "aria-keyshortcuts": `Alt+${key}`, title: `Alt+${key}`, "data-key": key });
  const words = shown.reply?.text ?? "";
  const take = () => {
    const final_text = made.parentElement?.querySelector("textarea")?.value ?? words;
    if (final_text === words) decide(shown, "taken");
    else decide(shown, "edited", { final_text });
  };
  // A list is changed by every arrow key: only the button after it decides.
  const reason = make("select", { disabled: over, "aria-label": "Why it is rejected" },
    ...Object.entries(REASONS).map(([value, label]) => make("option", { value }, label)));
  const reject = () => {
    if (reason.value) decide(shown, "rejected", { reason: reason.value });
    else reason.focus();
  };
  const made = make("div", { className: "actions" },
    keyed("Take", "T", take, "first"),
    shown.editing === null ? keyed("Edit", "E", () => edit(shown, words))
      : keyed("As it was", "E", () => edit(shown, null)),
    keyed("Set aside", "I", () => decide(shown, "ignored")),
    make("span", { className: "why" }, reason, keyed("Reject", "R", reject)));
  return made;
}
