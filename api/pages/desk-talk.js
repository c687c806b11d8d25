// The transcript: what was said, and what is being said or typed at this moment.

import { element } from "/pages/client.js";

export class Talk {
  #open = null;
  #last = "";

  constructor(list) {
    this.list = list;
  }

  /** Begins anew; `names` says what each role is called. */
  clear(names, began) {
    this.names = names;
    this.began = began;
    this.#open = null;
    this.#last = "";
    this.list.replaceChildren();
  }

  note(words) {
    this.#last = "";
    this.#add(element("li", { className: "note" }, element("span", {}, words)));
  }

  /** What the desktop did: the action, with what it was given. */
  did({ name, parameters }) {
    const given = Object.values(parameters).filter((one) => typeof one !== "object").join(", ");
    this.note([name, given].filter(Boolean).join(": "));
  }

  /** Words of a turn that goes on. */
  part(role, words) {
    this.#begun(role).querySelector(".words").textContent = words;
    this.#follow();
  }

  typing(role) {
    const dots = Array.from({ length: 3 }, () => element("i", {}));
    const typing = element("span", { className: "dots" }, ...dots);
    this.#begun(role).querySelector(".words").replaceChildren(
      typing, element("span", { className: "unseen" }, `${this.names[role]} is typing`),
    );
    this.#follow();
  }

  said(role, words, own = false) {
    const turn = own ? this.#turn(role) : this.#begun(role);
    if (!own) this.#open = null;
    turn.classList.remove("open");
    turn.querySelector(".words").textContent = words;
    if (own && this.#open) this.list.append(this.#open);
    this.#follow();
  }

  dropped() {
    this.#open?.remove();
    this.#open = null;
    this.#last = this.list.lastElementChild?.dataset.role ?? "";
  }

  #begun(role) {
    if (!this.#open) {
      this.#open = this.#turn(role);
      this.#open.classList.add("open");
    }
    return this.#open;
  }

  #turn(role) {
    const turn = element(
      "li",
      { className: `turn ${role}${role === this.#last ? " again" : ""}` },
      element(
        "span",
        { className: "who" },
        this.names[role],
        element("span", { className: "when" }, clock(Date.now() - this.began)),
      ),
      element("p", { className: "words" }),
    );
    turn.dataset.role = role;
    this.#last = role;
    this.#add(turn);
    return turn;
  }

  #add(item) {
    this.list.append(item);
    this.#follow();
  }

  #follow() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}

/** Minutes and seconds, as a telephone shows them. */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
