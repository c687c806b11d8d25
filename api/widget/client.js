// Speaks to the API: calls, and the stream of a conversation's events, resumed where it broke off.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
// The server says something every 15 s; after such a silence the connection is dead.
const DEAD_AFTER_MS = 40_000;

export class Refused extends Error {
  /** @param {number} status  0 where the server could not be reached @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Client {
  /** Without a slash at its end. */
  api = "";
  token = "";

  /**
   * The JSON that a call answers with; throws Refused.
   * @param {string} path
   * @param {unknown} [body]  posted as JSON
   * @returns {Promise<any>}
   */
  async call(path, body) {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return (await this.#fetch(path, init)).json();
  }

  /**
   * Hands on the events after `seen()` until it is told to stop or the conversation has ended.
   * @param {string} conversation
   * @param {AbortSignal} signal
   * @param {import("./types.js").Listener} listener
   */
  async follow(conversation, signal, { seen, event, link }) {
    const path = `/v1/conversations/${encodeURIComponent(conversation)}/events`;
    let wait_ms = FIRST_WAIT_MS;
    let over = false;
    link("connecting");
    while (!signal.aborted && !over) {
      const broken = new AbortController();
      const lost = () => broken.abort();
      try {
        const ends = AbortSignal.any([signal, broken.signal]);
        addEventListener("offline", lost, { signal: ends });
        const headers = { "Last-Event-ID": String(seen()) };
        const response = await this.#fetch(path, { headers, signal: ends });
        link("live");
        for await (const one of events(response, lost)) {
          if (signal.aborted) return;
          wait_ms = FIRST_WAIT_MS;
          event(one.id, one.kind, one.data);
          over ||= one.kind === "ended";
        }
      } catch (error) {
        if (signal.aborted) return;
        const status = error instanceof Refused ? error.status : 0;
        link(status === 401 || status === 403 ? "locked" : status === 404 ? "waiting" : "offline");
      } finally {
        lost();
      }
      if (!over) await pause(wait_ms, signal);
      wait_ms = Math.min(LONGEST_WAIT_MS, wait_ms * 2);
    }
    if (over) link("ended");
  }

  /** @param {string} path @param {RequestInit} init */
  async #fetch(path, init) {
    const headers = new Headers(init.headers);
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
 * @param {() => void} dead  called where nothing is heard for too long
 * @returns {AsyncGenerator<{id: number, kind: string, data: any}>}
 */
async function* events(response, dead) {
  const body = /** @type {ReadableStream<any>} */ (response.body);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let timer = 0;
  try {
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(dead, DEAD_AFTER_MS);
      const { value, done } = await reader.read();
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
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
}

/** @param {string} line */
function field(line) {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}

/** When a token ends, in ms since 1970; NaN where it does not say. @param {string} token */
export function ending(token) {
  try {
    const claims = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    return 1000 * JSON.parse(atob(claims)).exp;
  } catch {
    return NaN;
  }
}

/** Waits, at most until there is a network again. @param {number} ms @param {AbortSignal} signal */
function pause(ms, signal) {
  const over = AbortSignal.any([signal, AbortSignal.timeout(ms * (0.75 + Math.random() / 2))]);
  return new Promise((resolve) => {
    over.addEventListener("abort", resolve);
    addEventListener("online", resolve, { signal: over });
  });
}
