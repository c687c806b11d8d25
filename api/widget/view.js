// The sidebar's page: sections that are made again only where what they show has changed.

import { evidence } from "./evidence.js";
import { likely } from "./likely.js";
import { make, said } from "./make.js";
import { kept, reply } from "./reply.js";
import { steps } from "./steps.js";
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
    this.guide = make("section", { "aria-label": "Next steps" });
    this.cards = make("section", { "aria-label": "Action", hidden: true });
    this.likely = make("section", { "aria-label": "Similar cases" });
    this.evidence = make("section", { "aria-label": "Evidence" });
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
      this.customer, this.current, this.guide, this.cards, this.likely, this.evidence,
      asking, this.answer, this.announcement));
    /** @type {Map<Element, string>} */
    this.made = new Map();
    /** @type {Set<string | undefined>} */
    this.told = new Set();
  }

  /** The conversation is another one: nothing that was begun for the last goes on. */
  empty() {
    this.cards.replaceChildren();
    this.cards.hidden = true;
  }

  /** @param {State} state */
  show(state) {
    this.link.textContent = LINK[state.link];
    this.link.dataset.link = state.link;
    this.problem.textContent = state.problem;
    this.#section(this.customer, [state.customer, state.contacts], () => this.#customer(state));
    this.#current(state.current, state.kept);
    this.#guide(state);
    this.#section(this.likely, state.guide.likely, () => likely(state.guide.likely, this.wiring));
    this.#answer(state);
    this.#announce(state);
  }

  /** @param {Shown | null} shown @param {Shown[]} before  those with words that are kept */
  #current(shown, before) {
    const place = this.current;
    place.setAttribute("aria-busy", String(shown?.underway ?? false));
    place.classList.toggle("superseded", shown?.superseded ?? false);
    this.#section(place, [known(shown), before.map(known)], () => [
      ...(shown ? this.#reply("Suggested reply", shown, this.evidence) : [
        make("p", { className: "quiet" },
          "What helps with the customer's question appears here. You decide what is used."),
      ]),
      ...kept(before, this.wiring),
    ]);
    this.#section(this.evidence, [shown?.passages, shown?.reply], () => this.#evidence(shown));
  }

  /** What the person asked; no conversation is in its procedure. @param {State} state */
  #answer({ asked, asking }) {
    this.#section(this.answer, known(asked), () => (asked ? [
      ...this.#reply("Answer", asked, this.answer),
      ...steps(asked.guide, this.wiring, null),
      ...this.#evidence(asked),
    ] : []));
    this.answer.hidden = !asking && asked === null;
    this.answer.setAttribute("aria-busy", String(asking));
  }

  /** @param {State} state */
  #guide({ guide, ticks, actions }) {
    const all = guide.steps.map((step) => {
      const tick = ticks.findLast(({ step_id }) => step_id === step.step_id);
      return tick ? { ...step, state: tick.done ? /** @type {const} */ ("done") : "open" } : step;
    });
    const now = /** @type {import("./types.js").Guide} */ ({ ...guide, steps: all });
    const top = this.guide.querySelector(".steps")?.scrollTop ?? 0;
    this.#section(this.guide, [now, actions], () => steps(now, this.wiring, actions));
    const list = this.guide.querySelector(".steps");
    const next = all.find(({ state }) => state === "next")?.step_id;
    if (!list) return;
    list.scrollTop = top;
    // Only the list is scrolled, never what stands around it, and the focus stays where it is.
    if (next && next !== this.next) {
      const item = /** @type {HTMLElement} */ (list.querySelector(".next"));
      list.scrollTop = item.offsetTop - list.clientHeight / 4;
    }
    this.next = next ?? this.next;
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
    const field = place.querySelector("textarea");
    const at = focused instanceof HTMLTextAreaElement ? focused.selectionEnd : null;
    place.replaceChildren(.../** @type {Node[]} */ (content().filter(Boolean)));
    place.hidden = !place.hasChildNodes();
    for (const one of place.querySelectorAll("details")) one.open ||= open.includes(one.id);
    if (!within || !focused) return;
    const { key } = focused.dataset;
    const around = CSS.escape((focused.closest("[id]") ?? place).id);
    const same = key ? `[data-key="${key}"]`
      : `#${around || "none"}${focused.matches("summary") ? " > summary" : ""}`;
    const again = (field ? null : place.querySelector("textarea")) ??
      place.querySelector(`${same}:not(:disabled)`) ??
      place.querySelector(".state, button:enabled, input:enabled");
    if (again instanceof HTMLElement) again.focus();
    if (again instanceof HTMLTextAreaElement && at !== null) again.setSelectionRange(at, at);
  }

  /**
   * @param {string} heading
   * @param {Shown} shown
   * @param {HTMLElement} around  what holds its evidence
   */
  #reply(heading, shown, around) {
    /** @param {number} number */
    const source = (number) => {
      const card = around.querySelectorAll(".evidence details")[number - 1];
      if (!(card instanceof HTMLDetailsElement)) return;
      card.open = true;
      card.parentElement?.focus();
      card.scrollIntoView({ block: "nearest" });
    };
    return [make("h2", {}, heading), reply(shown, this.wiring, source)];
  }

  /** @param {Shown | null} shown */
  #evidence(shown) {
    return shown ? [make("h2", {}, "Evidence"), evidence(shown, this.wiring)] : [];
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

/** What is shown of it; the words in its editor are there already. @param {Shown | null} shown */
function known(shown) {
  return shown && { ...shown, editing: shown.editing !== null };
}
