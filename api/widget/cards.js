// Actions as cards: filled by the server, edited and confirmed by a person, and then the receipt;
// and what systems say when they are asked. It is loaded when the first action is wanted.

import { Refused } from "./client.js";
import { fields, values } from "./fields.js";
import { button, make, said } from "./make.js";
import { folded } from "./steps.js";

/** @import { Action, Desk, Done, Fact, Parameter, Receipt, Step } from "./types.js" */
/** @typedef {(Node | null | false | "")[]} Nodes */
/** @typedef {Done["parameters"]} Given */

const look = new CSSStyleSheet();
look.replaceSync(`
.card { display: grid; gap: 8px; padding: 12px; border: 1px solid var(--_accent);
    border-radius: 10px; }
h3 { margin: 0; font-size: .9375rem; }
.card form, .card > div { display: grid; gap: 10px; }
.field { display: grid; gap: 2px; }
.field label, dt { font-size: .8125rem; color: var(--_quiet); }
.field input { min-height: 34px; padding: 4px 12px; border: 1px solid var(--_edge);
    border-radius: 8px; background: var(--_ground); color: var(--_ink); font: inherit; }
dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; }
dd { margin: 0; }
.disagree { padding-left: 10px; border-left: 3px solid var(--_alarm); }
`);

/** @type {Record<string, string>} */
const BECAME = {
  done: "Done.",
  failed: "It was not done.",
  unknown: "Nobody knows whether it was done. Look in the system before you send it once more.",
  sent: "It is on its way; there is no answer yet.",
};

/**
 * Puts an action for a step below the steps.
 * @param {HTMLElement} place
 * @param {Desk} desk
 * @param {Action} action
 * @param {Step} step
 */
export function act(place, desk, action, step) {
  const root = /** @type {ShadowRoot} */ (place.getRootNode());
  if (!root.adoptedStyleSheets.includes(look)) root.adoptedStyleSheets.push(look);
  const card = new Card(place, desk, action, step);
  return action.effect === "read" ? card.lookUp({}) : card.prepare();
}

class Card {
  #body = make("div");
  #problem = make("p", { className: "problem", role: "alert" });

  /** @param {HTMLElement} place @param {Desk} desk @param {Action} action @param {Step} step */
  constructor(place, desk, action, step) {
    this.place = place;
    this.desk = desk;
    this.action = action;
    this.step = step;
    this.conversation = desk.conversation();
    this.path = `/v1/actions/${encodeURIComponent(action.name)}`;
    this.title = make("h3", { tabIndex: -1 }, said(action.title));
    this.root = make("div", { className: "card" }, this.title, this.#body, this.#problem);
  }

  /** Has the server fill it. */
  prepare() {
    const suggestion_id = this.desk.suggestion();
    return this.#try(async () => {
      const { card_id, parameters } = await this.#ask(`${this.path}/cards`, {
        conversation_id: this.conversation.id, step_id: this.step.step_id,
        ...(suggestion_id && { suggestion_id }),
      });
      this.#show([
        make("p", { className: "quiet" }, said(this.action.description)),
        this.#form(parameters, (given, form) => this.#second(card_id, parameters, given, form),
          make("button", { className: "first" }, "Confirm …"),
          button("Decline", () => this.#decline(card_id))),
      ]);
    });
  }

  /** Asks the systems; and the person, where they want to know more. @param {Given} parameters */
  lookUp(parameters) {
    return this.#try(async () => {
      const body = { conversation_id: this.conversation.id, parameters };
      const { facts } = await this.#ask(`${this.path}/look-up`, body);
      this.#show([...facts.map(fact), button("Close", () => this.#close())]);
      const [{ problem, action: name, parameters: sent, fields: result }] = facts;
      if (problem) return;
      const done = { name, parameters: sent, result };
      await this.#report(`look-up-${Date.now()}`, done);
    }, () => this.#missing(parameters));
  }

  /** @param {Given} given */
  #missing(given) {
    const { properties, required = [] } = this.action.parameters;
    const parameters = Object.entries(properties).map(([name, schema]) =>
      ({ name, schema, required: required.includes(name), value: given[name] }));
    this.#show([this.#form(parameters, (more) => this.lookUp(more),
      make("button", {}, "Look up"), button("Close", () => this.#close()))]);
  }

  /**
   * @param {Parameter[]} parameters
   * @param {(given: Given, form: Node) => void} submit
   * @param {...Node} buttons
   */
  #form(parameters, submit, ...buttons) {
    const form = make("form", { noValidate: true }, ...fields(parameters),
      make("div", { className: "actions" }, ...buttons));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#try(async () => submit(values(form, parameters), form));
    });
    return form;
  }

  /**
   * The second look: what will happen, in words, before it does.
   * @param {string} card_id
   * @param {Parameter[]} parameters
   * @param {Given} given
   * @param {Node} form
   */
  #second(card_id, parameters, given, form) {
    /** @type {[string, any][]} */
    const named = parameters.filter(({ name }) => name in given)
      .map(({ name, schema }) => [schema.title ?? name, given[name]]);
    this.#show([
      make("p", { tabIndex: -1, className: "look" }, make("b", {}, said(this.action.title)),
        " will be carried out now, with:"),
      listed(named),
      make("div", { className: "actions" },
        button("Yes, do it", () => this.#confirm(card_id, given), { className: "first" }),
        button("Back", () => this.#show([form]))),
    ]);
  }

  /** @param {string} card_id @param {Given} parameters @param {boolean} [repeat] */
  #confirm(card_id, parameters, repeat = false) {
    return this.#try(async () => {
      const path = `/v1/cards/${encodeURIComponent(card_id)}/confirmation`;
      /** @type {Receipt} */
      const receipt = await this.#ask(path, { parameters, repeat });
      this.#receipt(receipt, () => this.#confirm(card_id, parameters, true));
      if (receipt.state !== "done") return;
      const done = { name: this.action.name, parameters, result: receipt.result };
      await this.#report(`${card_id}-${receipt.number}`, done);
    });
  }

  /** @param {Receipt} receipt @param {() => void} again */
  #receipt({ state, result, detail, answered_at, parameters }, again) {
    const told = result instanceof Object ? result : result === null ? {} : { result };
    this.#show([
      make("p", { tabIndex: -1, className: "look" }, BECAME[state] ?? state,
        answered_at && ` ${time(answered_at)}`),
      detail && make("p", {}, said(detail)),
      listed(Object.entries({ ...parameters, ...told })),
      make("div", { className: "actions" },
        state === "unknown" && button("Send it once more", again),
        button("Close", () => this.#close())),
    ]);
  }

  /** @param {string} card_id */
  #decline(card_id) {
    return this.#try(async () => {
      await this.#ask(`/v1/cards/${encodeURIComponent(card_id)}/decline`, {});
      this.#close();
    });
  }

  /**
   * Tells the conversation; a step that calls the action otherwise is ticked.
   * @param {string} turn_id
   * @param {Done} done
   */
  async #report(turn_id, done) {
    await this.conversation.turn(turn_id, done);
    const { step_id, action } = this.step;
    if (folded(action ?? "") === folded(done.name)) return;
    const tick = { name: "copilot.tick", parameters: { step_id } };
    await this.conversation.turn(`${turn_id}-tick`, tick);
  }

  #close() {
    this.root.remove();
    this.place.hidden = true;
    this.desk.closed();
  }

  /** One thing is asked at a time. @param {string} path @param {unknown} body */
  async #ask(path, body) {
    this.#body.inert = true;
    try {
      return await this.conversation.client.call(path, body);
    } finally {
      this.#body.inert = false;
    }
  }

  /** @param {() => Promise<void>} work @param {() => void} [ask]  where the server wants more */
  async #try(work, ask) {
    this.#problem.textContent = "";
    try {
      await work();
    } catch (error) {
      if (ask && error instanceof Refused && [400, 422].includes(error.status)) ask();
      else if (!this.root.isConnected) this.#show([button("Close", () => this.#close())]);
      this.#problem.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  /** A person asked for it, so the focus goes there. @param {Nodes} content */
  #show(content) {
    // The conversation that it is for may be gone from the screen.
    if (this.desk.conversation() !== this.conversation) return;
    this.#body.replaceChildren(.../** @type {Node[]} */ (content.filter(Boolean)));
    if (!this.root.isConnected) this.place.replaceChildren(this.root);
    this.place.hidden = false;
    const look = this.#body.querySelector(".look") ?? this.title;
    /** @type {HTMLElement} */ (look).focus();
  }
}

/** What a system says. @param {Fact} fact */
function fact({ title, fields: told, as_of, disagree, problem }) {
  return make("div", { className: disagree ? "disagree" : "" },
    make("p", {}, make("b", {}, said(title)),
      make("span", { className: "quiet" }, ` ${time(as_of)}`)),
    disagree && make("p", { className: "stale" }, "The sources disagree."),
    problem ? make("p", {}, said(problem)) : listed(Object.entries(told)));
}

/** @param {[string, any][]} pairs */
function listed(pairs) {
  return make("dl", {}, ...pairs.flatMap(([name, value]) => [
    make("dt", {}, said(name.replaceAll("_", " "))),
    make("dd", {}, said(typeof value === "object" ? JSON.stringify(value) : String(value))),
  ]));
}

/** @param {string} at */
function time(at) {
  return new Date(at).toLocaleTimeString();
}
