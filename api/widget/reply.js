// The reply: its sentences with the numbers of their evidence, its editor, and what is decided.

import { numberOf } from "./evidence.js";
import { make, plain, said } from "./make.js";
import { DECIDED, REASONS, SILENT, sureness } from "./words.js";

/** @typedef {import("./types.js").Shown} Shown */
/**
 * @typedef {{
 *   drafts: Map<string, string>,
 *   decide: (shown: Shown, decision: string, more?: {reason?: string, final_text?: string}) => void,
 *   source: (number: number) => void,
 *   changed: () => void,
 * }} Wiring
 */

/**
 * @param {Shown} shown
 * @param {Wiring} wiring
 */
export function reply(shown, wiring) {
  const children = shown.reply
    ? [head(shown), words(shown, wiring), state(shown), actions(shown, wiring)]
    : [make("p", { className: "quiet" }, silence(shown)), state(shown)];
  return make("div", { className: "reply" }, ...children);
}

/** @param {Shown} shown */
function silence({ underway, reason }) {
  if (underway) return "Looking for a reply …";
  return SILENT[reason ?? ""] ?? "There is no reply.";
}

/** @param {Shown} shown */
function head({ confidence, degraded }) {
  return make(
    "p",
    { className: "sureness" },
    make("meter", { min: 0, max: 1, low: 0.6, high: 0.8, optimum: 1, value: confidence,
      "aria-hidden": "true" }),
    sureness(confidence),
    degraded.length > 0 && ` · without ${degraded.join(", ")}`,
  );
}

/**
 * The reply as it reads, or its editor once the person wants to change it.
 * @param {Shown} shown
 * @param {Wiring} wiring
 */
function words(shown, { drafts, source }) {
  const draft = drafts.get(shown.id);
  if (draft !== undefined) {
    const field = make("textarea", { value: draft, dir: "auto", rows: 5, "aria-label": "The reply" });
    field.addEventListener("input", () => drafts.set(shown.id, field.value));
    return field;
  }
  const made = make("div", { className: "words", dir: "auto" });
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
  if (decision) return make("p", { className: "quiet" }, DECIDED[decision] ?? decision);
  if (superseded) {
    return make("p", { className: "stale" }, "The customer has gone on. This can no longer be taken.");
  }
  return null;
}

/**
 * @param {Shown} shown
 * @param {Wiring} wiring
 */
function actions(shown, { drafts, decide, changed }) {
  const over = shown.superseded || shown.decision !== null || shown.underway;
  const editing = drafts.has(shown.id);
  /** @param {string} label @param {string} key @param {() => void} act @param {string} [kind] */
  const button = (label, key, act, kind = "") => {
    const made = make("button", { type: "button", disabled: over, className: kind,
      "aria-keyshortcuts": `Alt+${key}`, title: `Alt+${key}` }, label);
    made.dataset.key = key.toLowerCase();
    made.addEventListener("click", act);
    return made;
  };
  const take = () => {
    const final_text = drafts.get(shown.id);
    const edited = final_text !== undefined && final_text !== shown.reply?.text;
    if (edited) decide(shown, "edited", { final_text });
    else decide(shown, "taken");
  };
  const edit = () => {
    if (editing) drafts.delete(shown.id);
    else drafts.set(shown.id, shown.reply?.text ?? "");
    changed();
  };
  const reason = make(
    "select",
    { disabled: over, "aria-label": "Reject, because" },
    make("option", { value: "" }, "Reject, because …"),
    ...Object.entries(REASONS).map(([value, label]) => make("option", { value }, label)),
  );
  reason.dataset.key = "r";
  reason.addEventListener("change", () => {
    if (reason.value) decide(shown, "rejected", { reason: reason.value });
  });
  return make(
    "div",
    { className: "actions" },
    button("Take", "T", take, "first"),
    button(editing ? "As it was" : "Edit", "E", edit),
    button("Set aside", "I", () => decide(shown, "ignored")),
    reason,
  );
}

/**
 * @param {Shown} shown
 * @param {Set<string>} ticked  ids of steps that the person has done
 */
export function steps(shown, ticked) {
  return make(
    "ol",
    { className: "steps" },
    ...shown.steps.map((step) => {
      const box = make("input", { type: "checkbox", checked: ticked.has(step.step_id) });
      box.addEventListener("change", () => {
        if (box.checked) ticked.add(step.step_id);
        else ticked.delete(step.step_id);
      });
      const others = step.owner && step.owner !== "agent" ? step.owner.replaceAll("_", " ") : "";
      const about = [others, step.action, !step.mandatory && "optional"].filter(Boolean);
      return make(
        "li",
        {},
        make("label", {}, box, make("span", { dir: "auto" }, plain(step.text))),
        about.length > 0 && make(
          "p",
          { className: "quiet" },
          ...about.map((one) => make("span", { className: "tag" }, said(String(one)))),
        ),
      );
    }),
  );
}
