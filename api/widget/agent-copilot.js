// <agent-copilot api conversation customer theme lang>; more about it is in docs/hosts.md.

import { Client, ending, Refused } from "./client.js";
import { Conversation } from "./conversation.js";
import { LOOK } from "./look.js";
import { empty, reduce } from "./state.js";
import { View } from "./view.js";
import { WENT } from "./words.js";

/** @import { Change, Desk, Shown } from "./types.js" */

const CONTACTS = 5;
// The next token is asked for when so much of the time of the last one is over.
const SPENT = 0.9;
const look = new CSSStyleSheet();
look.replaceSync(LOOK);

export class AgentCopilot extends HTMLElement {
  static observedAttributes = ["conversation", "customer", "api"];

  #root = this.attachShadow({ mode: "open" });
  #state = empty();
  #client = new Client();
  #following = new AbortController();
  /** @type {Set<string>} */
  #opened = new Set();
  #conversation = new Conversation(this.#client, "");
  #learnt = false;
  #restarting = false;
  #deciding = "";
  #frame = 0;
  #renewal = 0;
  /** @type {unknown} */
  scope = null;
  #view = this.#open();

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [look];
    this.#root.addEventListener("keydown", (event) => this.#key(/** @type {KeyboardEvent} */ (event)));
    this.addEventListener("copilot:offered", (event) => {
      const { how } = /** @type {CustomEvent} */ (event).detail;
      this.#change({ type: "problem", problem: WENT[how] ?? "" });
    });
  }

  get token() {
    return this.#client.token;
  }

  set token(value) {
    const changed = this.#client.token !== value;
    this.#client.token = value;
    if (changed && value) this.#restart();
    clearTimeout(this.#renewal);
    const left_ms = ending(value) - Date.now();
    if (left_ms > 0) {
      this.#renewal = setTimeout(() => this.#tell("copilot:token-needed"), left_ms * SPENT);
    }
  }

  connectedCallback() {
    this.#restart();
    this.#tell("copilot:ready");
  }

  disconnectedCallback() {
    this.#following.abort();
    clearTimeout(this.#renewal);
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === "customer") this.#change({ type: "customer", customer: null, contacts: [] });
    else {
      this.#change({ type: "emptied" });
      this.#conversation = new Conversation(this.#client, this.getAttribute("conversation") ?? "");
      this.#view.empty();
    }
    if (this.isConnected) this.#restart();
  }

  /** Changes that are made together make one new beginning. */
  #restart() {
    if (this.#restarting) return;
    this.#restarting = true;
    queueMicrotask(() => {
      this.#restarting = false;
      if (this.isConnected) this.#begin();
    });
  }

  #begin() {
    this.#following.abort();
    this.#following = new AbortController();
    this.#learnt = false;
    this.#client.api = this.getAttribute("api") || new URL(import.meta.url).origin;
    const conversation = this.getAttribute("conversation");
    void this.#meet(this.getAttribute("customer"), this.#following.signal);
    if (this.#state.link === "ended") return;
    this.#change({ type: "link", link: "idle" });
    if (conversation) {
      void this.#client.follow(conversation, this.#following.signal, {
        seen: () => this.#state.seen,
        event: (id, kind, data) =>
          this.#change({ type: "event", id, kind, data, at: performance.now() }),
        link: (link) => {
          this.#change({ type: "link", link });
          if (link === "locked") this.#tell("copilot:token-needed");
        },
      });
    }
  }

  #open() {
    return new View(this.#root, {
      api: () => this.#client.api,
      token: () => this.token,
      opened: ({ passage_id = "", document_id, version }) => {
        this.#opened.add(passage_id);
        this.#tell("copilot:opened", { document_id, version });
      },
      ask: (question) => void this.#ask(question),
      decide: (shown, decision, more) => void this.#decide(shown, decision, more),
      edit: ({ id }, editing) => this.#patch(id, { editing }),
      tick: (step_id, done) => this.#tick(step_id, done),
      turnTo: ({ procedure_id: procedure }) =>
        void this.#steer(`switch-${Date.now()}`, "copilot.switch", { procedure }),
      past: (id, place) => import("./past.js").then(({ show }) => show(place, id, this.#client)),
      act: (action, step) => import("./cards.js").then(({ act }) =>
        act(this.#view.cards, this.#desk, action, step)),
    });
  }

  /** @type {Desk} */
  #desk = {
    conversation: () => this.#conversation,
    suggestion: () => this.#state.guide.suggestion_id,
    closed: () => this.#view.guide.querySelector("input")?.focus(),
  };

  /** @param {Change} change */
  #change(change) {
    this.#state = reduce(this.#state, change);
    if (!this.#learnt && this.#state.guide.steps.some(({ action }) => action)) void this.#learn();
    this.#draw();
  }

  /** Not while something is pressed: a click needs press and release on one element. */
  #draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#root.querySelector(":active")) this.#draw();
      else this.#view.show(this.#state);
    });
  }

  /** What a person did is seen at once. @param {string} id @param {Partial<Shown>} patch */
  #patch(id, patch) {
    this.#change({ type: "patched", id, patch });
    this.#view.show(this.#state);
  }

  /** @param {string | null} customer_id @param {AbortSignal} signal */
  async #meet(customer_id, signal) {
    if (!customer_id) return;
    const path = `/v1/customers/${encodeURIComponent(customer_id)}`;
    try {
      const customer = await this.#client.call(path);
      const { interactions } = await this.#client.call(`${path}/timeline?limit=${CONTACTS}`);
      if (!signal.aborted) this.#change({ type: "customer", customer, contacts: interactions });
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // nobody whom the documents know
    }
  }

  /** @param {string} question */
  async #ask(question) {
    const moved = this.#mark();
    this.#change({ type: "asking" });
    const body = this.scope ? { question, scope: this.scope } : { question };
    try {
      const suggestion = await this.#client.call("/v1/ask", body);
      if (!moved()) this.#change({ type: "answered", suggestion, at: performance.now() });
    } catch (error) {
      if (!moved()) this.#fail(error);
    }
  }

  /** What can be done from here. */
  async #learn() {
    this.#learnt = true;
    const moved = this.#mark();
    const actions = await this.#conversation.actions();
    if (moved()) return;
    this.#change({ type: "actions", actions: actions || [] });
    this.#learnt = !!actions;
  }

  /**
   * A tick is seen at once, and is what the server makes of it once it says so.
   * @param {string} step_id
   * @param {boolean} done
   */
  #tick(step_id, done) {
    const turn_id = `tick-${Date.now()}-${Math.random()}`;
    this.#change({ type: "ticked", tick: { turn_id, step_id, done } });
    this.#view.show(this.#state);
    void this.#steer(turn_id, done ? "copilot.tick" : "copilot.untick", { step_id });
  }

  /** @param {string} turn_id @param {string} name @param {Record<string, string>} parameters */
  async #steer(turn_id, name, parameters) {
    const moved = this.#mark();
    try {
      await this.#conversation.turn(turn_id, { name, parameters });
    } catch (error) {
      if (moved()) return;
      this.#change({ type: "unticked", turn_id });
      this.#fail(error);
    }
  }

  /** Tells later whether the sidebar stands beside another conversation than now. */
  #mark() {
    const now = this.#conversation;
    return () => this.#conversation !== now;
  }

  /**
   * Keeps a decision, and offers the words of a taken one to the host: only then, only once.
   * @param {Shown} shown
   * @param {string} decision
   * @param {{reason?: string, final_text?: string}} [more]
   */
  async #decide(shown, decision, more = {}) {
    if (this.#deciding === shown.id) return;
    this.#deciding = shown.id;
    const moved = this.#mark();
    const took_ms = Math.round(performance.now() - shown.at);
    const text = more.final_text ?? shown.reply?.text;
    const opened = shown.passages.map((one) => one.passage_id).filter((id) => this.#opened.has(id));
    try {
      const path = `/v1/suggestions/${encodeURIComponent(shown.id)}/decision`;
      // Words of what was superseded are the person's alone: nothing that is offered is decided.
      if (!shown.superseded) await this.#client.call(path, { decision, took_ms, opened, ...more });
    } catch (error) {
      if (!moved()) this.#fail(error);
      return;
    } finally {
      this.#deciding = "";
    }
    if (moved()) return;
    this.#change({ type: "problem", problem: "" });
    this.#patch(shown.id, { decision });
    if (decision === "taken" || decision === "edited") {
      this.#tell("copilot:insert", { suggestion_id: shown.id, text });
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 401) this.#tell("copilot:token-needed");
    this.#change({ type: "problem", problem: error.message });
  }

  /** Alt and a letter, while the focus is in the sidebar. @param {KeyboardEvent} event */
  #key(event) {
    if (!event.altKey || event.ctrlKey || !/^Key[A-Z]$/.test(event.code)) return;
    const name = `[data-key="${event.code.slice(3)}"]`;
    const here = this.#root.activeElement?.closest(".kept, section")?.querySelector(name);
    const found = here ?? this.#root.querySelector(name);
    if (!(found instanceof HTMLElement)) return;
    event.preventDefault();
    found.focus();
    if (found instanceof HTMLButtonElement) found.click();
  }

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("agent-copilot", AgentCopilot);
