// One live conversation at the API. Its turns go out in order, each until the server has it.

import { call } from "/pages/client.js";

const AGAIN_MS = 1500;

const post = (path, body) => call(path, { method: "POST", body: JSON.stringify(body) });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const passing = ({ status }) => status === 0 || status === 503;

export class Line {
  #tail = Promise.resolve();
  #hinting = false;
  #ended = false;

  /** `trouble` is told a problem while a turn does not get through, and null once it did. */
  constructor(conversationId, trouble) {
    this.conversationId = conversationId;
    this.path = `/v1/conversations/${encodeURIComponent(conversationId)}`;
    this.trouble = trouble;
  }

  static async open({ customer_id, channel, groups }, trouble) {
    const scope = groups.length ? { groups } : null;
    const { conversation_id } = await post("/v1/conversations", { customer_id, channel, scope });
    return new Line(conversation_id, trouble);
  }

  /** A final turn. */
  say(turn) {
    this.#tail = this.#tail.then(() => this.#deliver(turn));
    return this.#tail;
  }

  /** A turn that is still being said; it is left out while another one is on its way. */
  async hint(turn) {
    if (this.#hinting || this.#ended) return;
    this.#hinting = true;
    await post(`${this.path}/turns`, { ...turn, is_final: false }).catch(() => {});
    this.#hinting = false;
  }

  /** Nothing more is said; what waits is left. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    fetch(`${this.path}/end`, { method: "POST", keepalive: true }).catch(() => {});
  }

  async #deliver(turn) {
    while (!this.#ended) {
      try {
        await post(`${this.path}/turns`, turn);
        return this.trouble(null);
      } catch (problem) {
        if (!this.#ended) this.trouble(problem);
        if (!passing(problem)) return;
      }
      await pause(AGAIN_MS);
    }
  }
}
