// The sidebar's page: sections that are made again only where what they show has changed.

import { evidence } from "./evidence.js";
import { make, said } from "./make.js";
import { reply, steps } from "./reply.js";
import { LINK, SILENT } from "./words.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Shown} Shown */
/** @typedef {import("./reply.js").Wiring} ReplyWiring */
/**
 * @typedef {Omit<ReplyWiring, "source"> & {
 *   api: string,
 *   lang: () => string,
 *   ticked: Set<string>,
 *   opened: (passage: import("./types.js").Passage) => void,
 *   ask: (question: string) => void,
 * }} Wiring
 */

export class View {
  /**
   * @param {ShadowRoot} root
   * @param {Wiring} wiring
   */
  constructor(root, wiring) {
    this.wiring = wiring;
    this.link = make("p", { className: "link" });
    this.problem = make("p", { className: "problem", role: "alert" });
    this.customer = make("section", { className: "customer", hidden: true });
    this.current = make("section", { className: "current", "aria-label": "Suggestion" });
    this.answer = make("section", { className: "answer", "aria-label": "Answer", hidden: true });
    this.announcement = make("p", { className: "unseen", role: "status", "aria-live": "polite" });
    this.question = make("input", { name: "question", autocomplete: "off", maxLength: 2000,
      placeholder: "How do I …?", "aria-label": "Ask the documents", "aria-keyshortcuts": "Alt+A" });
    this.question.dataset.key = "a";
    const asking = make("form", { className: "ask", role: "search" }, this.question,
      make("button", {}, "Ask"));
    asking.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.question.value.trim()) wiring.ask(this.question.value.trim());
    });
    root.append(make("div", { className: "all" },
      make("header", {}, this.link, this.problem),
      this.customer, this.current, asking, this.answer, this.announcement));
    /** @type {Map<Element, string>} */
    this.made = new Map();
    this.told = "";
  }

  /** @param {State} state */
  show(state) {
    this.link.textContent = LINK[state.link];
    this.link.dataset.link = state.link;
    this.problem.textContent = state.problem;
    this.#section(this.customer, [state.customer, state.contacts], () => this.#customer(state));
    this.customer.hidden = state.customer === null;
    this.#shown(this.current, state.current, "current");
    this.#shown(this.answer, state.asked, "answer");
    this.answer.hidden = !state.asking && state.asked === null;
    this.answer.setAttribute("aria-busy", String(state.asking));
    this.#announce(state);
  }

  /**
   * @param {HTMLElement} place
   * @param {Shown | null} shown
   * @param {string} name
   */
  #shown(place, shown, name) {
    place.setAttribute("aria-busy", String(shown?.underway ?? false));
    const draft = shown === null ? false : this.wiring.drafts.has(shown.id);
    this.#section(place, [shown, draft], () => (shown ? this.#suggestion(place, shown, name) : [
      name === "current" && make("p", { className: "idle quiet" },
        "What helps with the customer's question appears here. You decide what is used."),
    ]));
  }

  /**
   * Makes a section again if what it shows has changed; the focus stays where it was, if it can.
   * @param {HTMLElement} place
   * @param {unknown} value
   * @param {() => (Node | false | null | "")[]} content
   */
  #section(place, value, content) {
    const now = JSON.stringify(value);
    if (this.made.get(place) === now) return;
    this.made.set(place, now);
    const root = /** @type {ShadowRoot} */ (place.getRootNode());
    const key = place.contains(root.activeElement) &&
      /** @type {HTMLElement} */ (root.activeElement).dataset.key;
    place.replaceChildren(.../** @type {Node[]} */ (content().filter(Boolean)));
    if (key) /** @type {HTMLElement | null} */ (place.querySelector(`[data-key="${key}"]`))?.focus();
  }

  /**
   * @param {HTMLElement} place
   * @param {Shown} shown
   * @param {string} name
   */
  #suggestion(place, shown, name) {
    /** @param {number} number */
    const source = (number) => {
      const card = /** @type {HTMLElement | null} */ (place.querySelector(`#passage-${number}`));
      const details = card?.querySelector("details");
      if (details) details.open = true;
      card?.focus();
      card?.scrollIntoView({ block: "nearest" });
    };
    place.classList.toggle("superseded", shown.superseded);
    return [
      make("h2", {}, name === "current" ? "Suggested reply" : "Answer"),
      reply(shown, { ...this.wiring, source }),
      shown.steps.length > 0 && make("h2", {}, "Next steps"),
      shown.steps.length > 0 && shown.procedure !== null &&
        make("p", { className: "quiet" }, said(shown.procedure.title)),
      shown.steps.length > 0 && steps(shown, this.wiring.ticked),
      shown.passages.length > 0 && make("h2", {}, "Evidence"),
      shown.passages.length > 0 && evidence(shown, this.wiring),
    ];
  }

  /** @param {State} state */
  #customer({ customer, contacts }) {
    if (customer === null) return [];
    const when = new Intl.DateTimeFormat(this.wiring.lang(), { dateStyle: "medium" });
    return [
      make("details", {},
        make("summary", {}, said(customer.name ?? customer.customer_id),
          make("span", { className: "quiet" }, ` ${contacts.length} last contacts`)),
        make("ul", { className: "contacts" }, ...contacts.map((one) =>
          make("li", {},
            make("span", { className: "quiet" },
              `${when.format(new Date(one.started_at))} · ${one.channel} `),
            said(one.subject ?? "")))),
      ),
    ];
  }

  /**
   * One sentence, once for each suggestion that is whole, and when the connection goes or comes.
   * @param {State} state
   */
  #announce({ link, current, asked, asking }) {
    const shown = asked ?? (asking ? null : current);
    let words = link === "offline" ? LINK.offline : "";
    if (!words && shown && !shown.underway && !shown.decision) {
      words = shown.superseded ? "The suggestion was superseded."
        : shown.reply ? `A reply is suggested: ${shown.reply.sentences[0]?.text ?? ""}`
        : SILENT[shown.reason ?? ""] ?? "";
    }
    const about = `${shown?.id} ${words}`;
    if (words && about !== this.told) {
      this.told = about;
      this.announcement.textContent = words;
    }
  }
}
