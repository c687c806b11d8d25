// Speaks to the API: calls, and the stream of a conversation's events, resumed where it broke off.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
// The server says something at least every 15 s; a silence of this length is a dead connection.
const DEAD_AFTER_MS = 40_000;

export class Refused extends Error {
  /**
   * @param {number} status  0 where the server could not be reached
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Client {
  /** @param {string} api  where the API is, without a slash at its end */
  constructor(api) {
    this.api = api;
    this.token = "";
  }

  /**
   * The JSON that a call answers with; throws Refused.
   * @param {string} path
   * @param {unknown} [body]  posted as JSON
   * @returns {Promise<any>}
   */
  async call(path, body) {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await this.#fetch(path, "application/json", init);
    return response.json();
  }

  /**
   * Hands on the events after `seen()` until it is told to stop or the conversation has ended.
   * @param {string} conversation
   * @param {AbortSignal} signal
   * @param {{
   *   seen: () => number,
   *   event: (id: number, kind: string, data: any) => void,
   *   link: (link: import("./types.js").Link) => void,
   * }} listener
   */
  async follow(conversation, signal, { seen, event, link }) {
    const path = `/v1/conversations/${encodeURIComponent(conversation)}/events`;
    let wait_ms = FIRST_WAIT_MS;
    let over = false;
    link("connecting");
    while (!signal.aborted && !over) {
      try {
        const headers = { "Last-Event-ID": String(seen()) };
        const response = await this.#fetch(path, "text/event-stream", { headers, signal });
        link("live");
        for await (const one of events(response, signal)) {
          wait_ms = FIRST_WAIT_MS;
          event(one.id, one.kind, one.data);
          over ||= one.kind === "ended";
        }
      } catch (error) {
        if (signal.aborted) return;
        const status = error instanceof Refused ? error.status : 0;
        link(status === 401 || status === 403 ? "locked" : status === 404 ? "waiting" : "offline");
        if (status === 401 || status === 403) return;
      }
      if (!over) await pause(wait_ms, signal);
      wait_ms = Math.min(LONGEST_WAIT_MS, wait_ms * 2);
    }
    if (over) link("ended");
  }

  /**
   * @param {string} path
   * @param {string} accept
   * @param {RequestInit} init
   */
  async #fetch(path, accept, init) {
    const headers = new Headers(init.headers);
    headers.set("Accept", accept);
    if (init.body) headers.set("Content-Type", "application/json");
    if (this.token) headers.set("Authorization", `Bearer ${this.token}`);
    let response;
    try {
      response = await fetch(this.api + path, { ...init, headers });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new Refused(0, "The server cannot be reached.");
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw new Refused(response.status, problem.detail || problem.title || response.statusText);
  }
}

/**
 * @param {Response} response
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<{id: number, kind: string, data: any}>}
 */
async function* events(response, signal) {
  const body = /** @type {ReadableStream<any>} */ (response.body);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await alive(reader.read(), signal);
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map(field));
        if (fields.data) {
          yield { id: Number(fields.id), kind: fields.event ?? "", data: JSON.parse(fields.data) };
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {string} line */
function field(line) {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}

/**
 * @template T
 * @param {Promise<T>} reading
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
function alive(reading, signal) {
  return new Promise((resolve, reject) => {
    const dead = setTimeout(() => reject(new Error("nothing was heard")), DEAD_AFTER_MS);
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    reading.then(resolve, reject).finally(() => {
      clearTimeout(dead);
      signal.removeEventListener("abort", stop);
    });
  });
}

/**
 * Waits, at most until there is a network again.
 * @param {number} wait_ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(wait_ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(end, wait_ms * (0.75 + Math.random() / 2));
    function end() {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    }
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
