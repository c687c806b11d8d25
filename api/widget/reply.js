// The reply: its sentences with the numbers of their evidence, its editor, and what is decided.

import { numberOf } from "./evidence.js";
import { make, plain, said } from "./make.js";
import { DECIDED, REASONS, SILENT, sureness } from "./words.js";

/** @import { Shown, Wiring } from "./types.js" */
/** @typedef {(number: number) => void} Source  goes to the passage of this number */

/** @param {Shown} shown @param {Wiring} wiring @param {Source} source */
export function reply(shown, wiring, source) {
  const children = shown.reply
    ? [head(shown), words(shown, source), state(shown), actions(shown, wiring)]
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
 * @param {Source} source
 */
function words(shown, source) {
  if (shown.editing) {
    return make("textarea", { value: shown.reply?.text, dir: "auto", rows: 5,
      "aria-label": "The reply" });
  }
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
  const button = (label, key, act, kind = "") => {
    const made = make("button", { type: "button", disabled: over, className: kind,
      "aria-keyshortcuts": `Alt+${key}`, title: `Alt+${key}` }, label);
    made.dataset.key = key;
    made.addEventListener("click", act);
    return made;
  };
  const take = () => {
    const final_text = made.parentElement?.querySelector("textarea")?.value ?? shown.reply?.text;
    if (final_text === shown.reply?.text) decide(shown, "taken");
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
    button("Take", "T", take, "first"),
    button(shown.editing ? "As it was" : "Edit", "E", () => edit(shown, !shown.editing)),
    button("Set aside", "I", () => decide(shown, "ignored")),
    make("span", { className: "why" }, reason, button("Reject", "R", reject)));
  return made;
}

/** @param {Shown} shown @param {Set<string>} ticked  ids of steps that the person has done */
export function steps(shown, ticked) {
  return [
    make("h2", {}, "Next steps"),
    make("p", { className: "quiet" }, said(shown.procedure?.title ?? "")),
    make("ol", { className: "steps" }, ...shown.steps.map((step) => {
      const box = make("input", { type: "checkbox", checked: ticked.has(step.step_id) });
      box.addEventListener("change", () => {
        if (box.checked) ticked.add(step.step_id);
        else ticked.delete(step.step_id);
      });
      const others = step.owner && step.owner !== "agent" ? step.owner.replaceAll("_", " ") : "";
      const about = [others, step.action, !step.mandatory && "optional"].filter(Boolean);
      return make("li", {},
        make("label", {}, box, make("span", { dir: "auto" }, plain(step.text))),
        make("p", {}, ...about.map((one) => make("span", { className: "tag" }, said(`${one}`)))));
    })),
  ];
}
