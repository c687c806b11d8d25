// The sidebar's page: sections that are made again only where what they show has changed.

import { evidence } from "./evidence.js";
import { make, said } from "./make.js";
import { reply, steps } from "./reply.js";
import { LINK, SILENT } from "./words.js";

/** @import { Shown, State, Wiring } from "./types.js" */

export class View {
  /** @param {ShadowRoot} root @param {Wiring} wiring */
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
    this.question.dataset.key = "A";
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
    /** @type {Set<string | undefined>} */
    this.told = new Set();
  }

  /** @param {State} state */
  show(state) {
    this.link.textContent = LINK[state.link];
    this.link.dataset.link = state.link;
    this.problem.textContent = state.problem;
    this.#section(this.customer, [state.customer, state.contacts], () => this.#customer(state));
    this.customer.hidden = state.customer === null;
    this.#shown(this.current, state.current);
    this.#shown(this.answer, state.asked);
    this.answer.hidden = !state.asking && state.asked === null;
    this.answer.setAttribute("aria-busy", String(state.asking));
    this.#announce(state);
  }

  /** @param {HTMLElement} place @param {Shown | null} shown */
  #shown(place, shown) {
    place.setAttribute("aria-busy", String(shown?.underway ?? false));
    this.#section(place, shown, () => (shown ? this.#suggestion(place, shown) : [
      make("p", { className: "quiet" },
        "What helps with the customer's question appears here. You decide what is used."),
    ]));
  }

  /**
   * Makes a section again if what it shows has changed; focus and what was unfolded stay.
   * @param {HTMLElement} place
   * @param {unknown} value
   * @param {() => (Node | false | null | "")[]} content
   */
  #section(place, value, content) {
    const now = JSON.stringify(value);
    if (this.made.get(place) === now) return;
    this.made.set(place, now);
    const root = /** @type {ShadowRoot} */ (place.getRootNode());
    const focused = /** @type {HTMLElement | null} */ (root.activeElement);
    const within = place.contains(focused);
    const open = [...place.querySelectorAll("details[open]")].map(({ id }) => id);
    const words = place.querySelector("textarea")?.value;
    place.replaceChildren(.../** @type {Node[]} */ (content().filter(Boolean)));
    const field = place.querySelector("textarea");
    if (field && words) field.value = words;
    for (const one of place.querySelectorAll("details")) one.open ||= open.includes(one.id);
    if (!within) return;
    const same = `[data-key="${focused?.dataset.key}"]:enabled`;
    const again = (words ? null : field) ?? place.querySelector(same) ??
      place.querySelector(".state, button:enabled");
    if (again instanceof HTMLElement) again.focus();
  }

  /** @param {HTMLElement} place @param {Shown} shown */
  #suggestion(place, shown) {
    /** @param {number} number */
    const source = (number) => {
      const card = place.querySelectorAll("details")[number - 1];
      if (!card) return;
      card.open = true;
      card.parentElement?.focus();
      card.scrollIntoView({ block: "nearest" });
    };
    place.classList.toggle("superseded", shown.superseded);
    return [
      make("h2", {}, place === this.current ? "Suggested reply" : "Answer"),
      reply(shown, this.wiring, source),
      ...(shown.steps.length ? steps(shown, this.wiring.ticked) : []),
      make("h2", {}, "Evidence"),
      evidence(shown, this.wiring),
    ];
  }

  /** @param {State} state */
  #customer({ customer, contacts }) {
    if (customer === null) return [];
    return [
      make("details", { id: "customer" },
        make("summary", {}, said(customer.name ?? customer.customer_id),
          make("span", { className: "quiet" }, ` ${contacts.length} last contacts`)),
        make("ul", { className: "contacts" }, ...contacts.map((one) =>
          make("li", {},
            make("span", { className: "quiet" },
              `${one.started_at.slice(0, 10)} · ${one.channel} `),
            said(one.subject ?? "")))),
      ),
    ];
  }

  /**
   * One sentence, once for each suggestion that is whole.
   * @param {State} state
   */
  #announce({ current, asked }) {
    for (const shown of [current, asked]) {
      if (!shown || shown.underway || shown.superseded || shown.decision) continue;
      if (this.told.has(shown.id)) continue;
      this.told = new Set([current?.id, asked?.id]);
      this.announcement.textContent = shown.reply
        ? `A reply is suggested: ${shown.reply.sentences[0]?.text ?? ""}`
        : SILENT[shown.reason ?? ""] ?? "";
    }
  }
}
