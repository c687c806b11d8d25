// One conversation on the desk: played, spoken into by the person, and attended by the sidebar.

import { call, element } from "/pages/client.js";
import { Composer } from "/pages/desk-composer.js";
import { Controls } from "/pages/desk-controls.js";
import { avatar, contacts, facts, icon, lookUp } from "/pages/desk-customer.js";
import { nameOf, PLACES } from "/pages/desk-inbox.js";
import { Line } from "/pages/desk-line.js";
import { Player } from "/pages/desk-player.js";
import { attend, leave } from "/pages/desk-sidebar.js";
import { Talk } from "/pages/desk-talk.js";

const by = (id) => document.getElementById(id);

export class Stage {
  #live = null;
  #wanted = null;
  #own = 0;

  /** `became(one, state)` is told when a conversation is live and when it is done. */
  constructor({ became, again }) {
    this.became = became;
    const changed = () => this.#live?.player.reconsider();
    this.talk = new Talk(by("transcript"));
    this.controls = new Controls({ restart: () => again(this.one), changed });
    this.composer = new Composer(by("composer"), {
      send: (role, words) => this.#send(role, words), changed,
    });
    by("leave").addEventListener("click", () => this.end());
    addEventListener("pagehide", () => this.#live?.line.end());
  }

  /** Whether this conversation goes on here. */
  holds(one) {
    return this.#live?.one === one;
  }

  /** Opens the conversation at the API and begins to play it. Throws Problem. */
  async begin(one) {
    this.end();
    this.#wanted = one;
    const path = `/demo/conversations/${encodeURIComponent(one.conversation_id)}`;
    const [script, customer] = await Promise.all([call(path), lookUp(one.customer_id)]);
    const customerId = customer?.customer_id ?? null;
    const line = await Line.open({ ...script, customer_id: customerId }, trouble);
    if (this.#wanted !== one) return line.end();
    const player = new Player(script, this.#hooks(line));
    this.one = one;
    this.#live = { one, line, player };
    this.#show(one, customer);
    const { conversationId } = line;
    attend(by("sidebar"), { conversationId, customerId, groups: script.groups }, (text) => {
      this.composer.insert(text);
      player.reconsider();
    });
    this.became(one, "live");
    this.controls.take(player, nameOf(one));
    player.play();
  }

  /** Ends what goes on here, if anything does. */
  end() {
    this.#wanted = null;
    if (!this.#live) return;
    const { one, line, player } = this.#live;
    this.#live = null;
    player.pause();
    this.talk.dropped();
    line.end();
    leave(by("sidebar"));
    this.composer.disable(true);
    by("leave").hidden = true;
    this.talk.note(one.channel === "call" ? "The call has ended" : "The chat is closed");
    this.controls.over("");
    this.became(one, "done");
  }

  #show(one, customer) {
    const name = nameOf(one);
    const calls = one.channel === "call";
    card(one, customer);
    this.talk.clear({ customer: name, agent: "You" }, Date.now());
    this.talk.note(calls ? "You answered the call" : "You opened the chat");
    if (one.customer_id && !customer) {
      this.talk.note("The store does not have this customer: run copilot-ingest knowledge");
    }
    this.composer.begin(name, one.channel);
    this.composer.disable(false);
    by("leave").textContent = calls ? "Hang up" : "Close chat";
    by("leave").hidden = false;
    trouble(null);
  }

  /** What the player does, in the transcript and at the API. */
  #hooks(line) {
    const turn = ({ role, action }, at, text) => ({ turn_id: `t${at + 1}`, role, text, action });
    return {
      part: (cue, at, words) => {
        this.talk.part(cue.role, words);
        line.hint(turn(cue, at, words));
      },
      typing: (cue) => cue.text && this.talk.typing(cue.role),
      said: (cue, at) => {
        if (cue.text) this.talk.said(cue.role, cue.text);
        if (cue.action) this.talk.did(cue.action);
        line.say(turn(cue, at, cue.text));
      },
      dropped: () => this.talk.dropped(),
      yields: () => this.controls.takeover || this.composer.answering,
      changed: () => this.#live && this.controls.show(),
    };
  }

  #send(role, words) {
    if (!this.#live) return;
    const { line, player } = this.#live;
    this.#own += 1;
    if (role === "agent") player.answered();
    this.talk.said(role, words, true);
    line.say({ turn_id: `own${this.#own}`, role, text: words });
  }
}

function card(one, customer) {
  const what = one.channel === "call" ? "Call" : "Chat";
  const where = one.place === "star" ? one.title : PLACES[one.place]?.[1] ?? one.place;
  const list = contacts(customer?.contacts ?? []);
  by("who").replaceChildren(
    element("span", { className: "face" }, avatar(nameOf(one)), icon(one.channel)),
    element(
      "div", {},
      element("h2", {}, nameOf(one)), element("p", { className: "quiet" }, `${what} · ${where}`),
    ),
  );
  by("facts").replaceChildren(...(customer ? facts(customer) : []));
  by("contacts").replaceChildren(...list);
  by("past").hidden = list.length === 0;
  by("past").open = matchMedia("(min-width: 72rem)").matches;
}

function trouble(problem) {
  by("trouble").hidden = problem === null;
  by("trouble").textContent = problem ? `${problem.title}. ${problem.message}` : "";
}
