// The procedure as a checklist: its steps as they are written, each as far as the server says.

import { opening } from "./evidence.js";
import { button, make, plain, said } from "./make.js";

/** @import { Action, Guide, Procedure, Step, Wiring } from "./types.js" */

const TOLD = { next: "Next", skipped: "Skipped", done: "", open: "" };

/**
 * @param {Guide} guide
 * @param {Wiring} wiring
 * @param {Action[] | null} actions  what can be done from here; null where nothing can be ticked
 */
export function steps({ procedure, procedures, steps: all }, wiring, actions) {
  if (!procedure || !all.length) return [];
  const list = make("ol", { className: "steps" });
  /** @type {Map<string | null, Element>} */
  const items = new Map();
  for (const step of all) {
    const made = item(step, wiring, actions);
    items.set(step.step_id, made);
    const parent = items.get(step.parent);
    if (parent && !parent.querySelector(":scope > ol")) {
      parent.append(make("ol", { className: "steps" }));
    }
    (parent?.querySelector(":scope > ol") ?? list).append(made);
  }
  const others = procedures.filter(({ procedure_id }) => procedure_id !== procedure.procedure_id);
  return [
    make("h2", {}, "Next steps"),
    make("p", { className: "title" }, said(procedure.title)),
    actions && others.length ? choice(others, wiring) : null,
    list,
  ];
}

/** @param {Procedure[]} others @param {Wiring} wiring */
function choice(others, { turnTo }) {
  return make("p", { className: "others" }, "Is it …? ",
    ...others.map((one) => button(one.title, () => turnTo(one), { dir: "auto" })));
}

/** @param {Step} step @param {Wiring} wiring @param {Action[] | null} actions */
function item(step, wiring, actions) {
  const { step_id, state } = step;
  const id = `tick-${step_id}`;
  const words = plain(step.text);
  const done = state === "done";
  const box = make("input", { type: "checkbox", id, checked: done });
  if (done) box.ariaLabel = words;
  box.addEventListener("change", () => wiring.tick(step_id, box.checked));
  const number = opening(step, wiring, step.number || "↗");
  number.title = number.ariaLabel = `Open the document at ${step.number || "this step"}`;
  number.id = `open-${step_id}`;
  const text = { className: "text", dir: "auto" };
  return make("li", { className: state },
    actions && box,
    number,
    make("div", {},
      done
        ? make("details", { id: `fold-${step_id}` }, make("summary", text, words), ...more(step))
        : make("label", { htmlFor: id, ...text }, words),
      ...(done ? [] : more(step)),
      state === "next" && actions ? act(step, wiring, actions) : null));
}

/** What stands with a step beside its own words. @param {Step} step */
function more({ text, owner, action, mandatory, condition, detail, state }) {
  const whose = owner && owner !== "agent" && owner.replaceAll("_", " ");
  const tags = [TOLD[state], whose, action, !mandatory && "optional"].filter(Boolean);
  return [
    condition && !text.includes(condition)
      ? make("p", { className: "text", dir: "auto" }, plain(condition)) : null,
    detail && make("p", { className: "text quiet", dir: "auto" }, plain(detail.text)),
    tags.length
      ? make("p", {}, ...tags.map((one) => make("span", { className: "tag" }, said(`${one}`))))
      : null,
  ];
}

/** @param {Step} step @param {Wiring} wiring @param {Action[]} actions */
function act(step, wiring, actions) {
  const found = actions.find(({ name, named }) =>
    [name, ...named].some((one) => step.action && folded(one) === folded(step.action)));
  if (!found) return null;
  const label = found.effect === "read" ? "Look up" : "Prepare";
  return button(`${label}: ${found.title}`, () => wiring.act(found, step), { id: "act" });
}

/** A name's letters and digits, by which the server compares actions too. @param {string} name */
export function folded(name) {
  return name.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
