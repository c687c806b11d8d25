// <agent-copilot api conversation customer theme lang>, with the properties `token` and `scope`; the
// events that it tells and takes are in docs/hosts.md.

import { Client, Refused } from "./client.js";
import { LOOK } from "./look.js";
import { empty, reduce } from "./state.js";
import { View } from "./view.js";
import { WENT } from "./words.js";

const CONTACTS = 5;
const look = new CSSStyleSheet();
look.replaceSync(LOOK);

export class AgentCopilot extends HTMLElement {
  static observedAttributes = ["conversation", "customer", "api"];

  #state = empty();
  #client = new Client("");
  #following = new AbortController();
  /** @type {View | null} */
  #view = null;
  /** @type {Map<string, string>} */
  #drafts = new Map();
  /** @type {Set<string>} */
  #ticked = new Set();
  /** @type {Set<string>} */
  #opened = new Set();
  #shownAt = new Map([["", 0]]);
  #restarting = false;
  /** @type {unknown} */
  scope = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [look];
    root.addEventListener("keydown", (event) => this.#key(/** @type {KeyboardEvent} */ (event)));
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
  }

  connectedCallback() {
    this.#restart();
    this.#tell("copilot:ready", {});
  }

  disconnectedCallback() {
    this.#following.abort();
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === "conversation") this.#change({ type: "emptied" });
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
    this.#client.api = (this.getAttribute("api") || new URL(import.meta.url).origin).replace(/\/$/, "");
    this.#view ??= this.#open();
    this.#view.wiring.api = this.#client.api;
    const conversation = this.getAttribute("conversation");
    this.#change({ type: "link", link: "idle" });
    void this.#meet(this.getAttribute("customer"), this.#following.signal);
    if (conversation) {
      void this.#client.follow(conversation, this.#following.signal, {
        seen: () => this.#state.seen,
        event: (id, kind, data) => this.#change({ type: "event", id, kind, data }),
        link: (link) => {
          this.#change({ type: "link", link });
          if (link === "locked") this.#tell("copilot:token-needed", {});
        },
      });
    }
  }

  #open() {
    return new View(/** @type {ShadowRoot} */ (this.shadowRoot), {
      api: "",
      lang: () => this.lang || navigator.language,
      drafts: this.#drafts,
      ticked: this.#ticked,
      opened: (passage) => {
        this.#opened.add(passage.passage_id);
        const { document_id, version } = passage;
        this.#tell("copilot:opened", { document_id, version });
      },
      ask: (question) => void this.#ask(question),
      decide: (shown, decision, more) => void this.#decide(shown, decision, more),
      changed: () => {
        this.#view?.show(this.#state);
        this.shadowRoot?.querySelector("textarea")?.focus();
      },
    });
  }

  /** @param {import("./types.js").Change} change */
  #change(change) {
    const before = this.#state;
    this.#state = reduce(before, change);
    if (this.#state === before) return;
    for (const shown of [this.#state.current, this.#state.asked]) {
      if (shown?.reply && !this.#shownAt.has(shown.id)) {
        this.#shownAt = new Map([...this.#shownAt].slice(-8));
        this.#shownAt.set(shown.id, performance.now());
      }
    }
    const standing = [this.#state.current?.id, this.#state.asked?.id];
    for (const id of this.#drafts.keys()) if (!standing.includes(id)) this.#drafts.delete(id);
    if (before.current?.procedure?.title !== this.#state.current?.procedure?.title) {
      this.#ticked.clear();
    }
    this.#view?.show(this.#state);
  }

  /** @param {string | null} customer_id @param {AbortSignal} signal */
  async #meet(customer_id, signal) {
    if (!customer_id || this.#state.customer?.customer_id === customer_id) return;
    const path = `/v1/customers/${encodeURIComponent(customer_id)}`;
    try {
      const [customer, timeline] = await Promise.all([
        this.#client.call(path),
        this.#client.call(`${path}/timeline?limit=${CONTACTS}`),
      ]);
      if (!signal.aborted) {
        this.#change({ type: "customer", customer, contacts: timeline.interactions });
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // nobody whom the documents know
    }
  }

  /** @param {string} question */
  async #ask(question) {
    this.#change({ type: "asking" });
    const body = this.scope ? { question, scope: this.scope } : { question };
    try {
      this.#change({ type: "answered", suggestion: await this.#client.call("/v1/ask", body) });
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Keeps a decision, and offers the words of a taken one to the host: only then, only once.
   * @param {import("./types.js").Shown} shown
   * @param {string} decision
   * @param {{reason?: string, final_text?: string}} [more]
   */
  async #decide(shown, decision, more = {}) {
    const took_ms = Math.round(performance.now() - (this.#shownAt.get(shown.id) ?? 0));
    const opened = shown.passages.map((one) => one.passage_id).filter((id) => this.#opened.has(id));
    const text = more.final_text ?? shown.reply?.text ?? "";
    try {
      const path = `/v1/suggestions/${encodeURIComponent(shown.id)}/decision`;
      await this.#client.call(path, { decision, took_ms, opened, ...more });
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#change({ type: "problem", problem: "" });
    this.#change({ type: "decided", id: shown.id, decision });
    if (decision === "taken" || decision === "edited") {
      this.#tell("copilot:insert", { suggestion_id: shown.id, text });
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 401) this.#tell("copilot:token-needed", {});
    this.#change({ type: "problem", problem: error.message });
  }

  /** Alt and a letter, while the focus is in the sidebar. @param {KeyboardEvent} event */
  #key(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const key = event.code.replace(/^Key/, "").toLowerCase();
    const found = this.shadowRoot?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!(found instanceof HTMLElement)) return;
    event.preventDefault();
    found.focus();
    if (found instanceof HTMLButtonElement) found.click();
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("agent-copilot", AgentCopilot);
