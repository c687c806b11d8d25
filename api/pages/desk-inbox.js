// The inbox: who waits, place by place; a call rings, a chat has something unread.

import { element } from "/pages/client.js";
import { avatar, icon } from "/pages/desk-customer.js";
import { clock } from "/pages/desk-talk.js";

export const PLACES = {
  shop: ["Shop", "Quillmere"],
  clinic: ["Clinic", "Ostermere Home Health"],
  city: ["City hall", "City of Marrenford"],
  star: ["STAR", "Dialogues of others"],
};
const STATES = { ringing: "Ringing · ", live: "Live · ", done: "Done · " };
// So many seconds those at the head of the inbox have waited, and each below them.
const WAITED_S = 6;
const APART_S = 17;

/** What somebody is called of whom no name is known. */
export function nameOf({ customer_name, place }) {
  return customer_name ?? (place === "star" ? "Customer" : "Unknown customer");
}

export class Inbox {
  #entries = new Map();
  #opened = Date.now();

  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    setInterval(() => this.#tick(), 1000);
  }

  /** Shows the conversations, and returns the one that rings first. */
  fill(conversations) {
    const places = [...new Set(conversations.map(({ place }) => place))].sort(byOrder);
    const sections = places.map((place) =>
      this.#section(place, conversations.filter((one) => one.place === place)));
    this.root.replaceChildren(...sections);
    this.#tick();
    const [first] = [...this.#entries.values()].filter(({ state }) => state === "ringing");
    return first?.one ?? conversations[0];
  }

  /** The entries of one place more, as they were found elsewhere. */
  entry(one) {
    const known = this.#entries.get(one.conversation_id);
    if (known) return known.item;
    const waited = element("span", { className: "waited" });
    const button = element(
      "button",
      { type: "button", className: "entry" },
      element("span", { className: "face" }, avatar(nameOf(one)), icon(one.channel)),
      element("span", { className: "name" }, one.place === "star" ? one.title : nameOf(one)),
      waited,
      element(
        "span", { className: "about" },
        element("b", {}), one.place === "star" ? one.opening : one.title,
      ),
    );
    button.addEventListener("click", () => this.choose(one));
    const item = element("li", {}, button);
    const since = this.#entries.size * APART_S;
    const entry = { one, item, button, waited, since };
    this.#entries.set(one.conversation_id, entry);
    this.#become(entry, "waiting");
    return item;
  }

  /** What became of a conversation: chosen, live, done. */
  mark(conversationId, state) {
    const entry = this.#entries.get(conversationId);
    if (!entry) return;
    entry.began = state === "live" ? Date.now() : entry.began;
    this.#become(entry, state);
    this.#ring(entry.one.place);
    this.#tick();
  }

  select(conversationId) {
    for (const [id, { button }] of this.#entries) {
      if (id !== conversationId) button.removeAttribute("aria-current");
      else {
        button.setAttribute("aria-current", "true");
        button.scrollIntoView({ block: "nearest" });
      }
    }
  }

  get waiting() {
    return [...this.#entries.values()].filter(({ state, one }) =>
      one.place !== "star" && (state === "waiting" || state === "ringing")).length;
  }

  #section(place, conversations) {
    const [kind, name] = PLACES[place] ?? [place, ""];
    const id = `place-${place}`;
    const list = element("ul", {}, ...conversations.map((one) => this.entry(one)));
    this.#ring(place);
    const section = element(
      "section",
      { className: "place", "aria-labelledby": id },
      element("h2", { id }, kind, element("span", { className: "quiet" }, name)),
      list,
    );
    section.dataset.place = place;
    return section;
  }

  /** The first call that waits at a place rings; the others wait behind it. */
  #ring(place) {
    const entries = [...this.#entries.values()].filter(({ one }) => one.place === place);
    if (entries.some(({ state }) => state === "ringing" || state === "live")) return;
    const next = entries.find(({ one, state }) => one.channel === "call" && state === "waiting");
    if (next) this.#become(next, "ringing");
  }

  #become(entry, state) {
    entry.state = state;
    entry.button.dataset.state = state;
    entry.button.querySelector("b").textContent = STATES[state] ?? "";
  }

  #tick() {
    for (const { state, waited, since, began, one } of this.#entries.values()) {
      const from = state === "live" ? began : this.#opened - (WAITED_S + since) * 1000;
      let told = state === "done" ? "" : clock(Date.now() - from);
      if (one.place === "star" && state === "waiting") told = `${one.turns} turns`;
      if (waited.textContent !== told) waited.textContent = told;
    }
  }
}

function byOrder(one, other) {
  const order = Object.keys(PLACES);
  const at = (place) => (order.includes(place) ? order.indexOf(place) : order.length);
  return at(one) - at(other);
}
