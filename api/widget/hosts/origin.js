// The one origin that an adapter listens to, and is heard at.

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * The origin that is `named`, if it is one, whole and nothing else: https (http on this machine
 * only), and of the host's `form`, a pattern anchored at both ends. Throws where it is not.
 * @param {string | null} named
 * @param {RegExp} [form]
 * @returns {string}
 */
export function trusted(named, form = /^/) {
  const url = URL.canParse(named ?? "") ? new URL(named ?? "") : null;
  const secret =
    url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname));
  if (!url || !secret || url.origin !== named || !form.test(named)) {
    throw new Error(`The panel's "origin" is not one that this host can have: ${named}`);
  }
  return named;
}

/**
 * Hears only what `peer` says from `origin`, and is heard only there.
 * @param {{window: Window, peer: Window, origin: string, signal?: AbortSignal}} ends
 * @param {(data: unknown) => void} receive
 * @returns {(message: unknown) => void} what posts to the peer
 */
export function wire({ window, peer, origin, signal }, receive) {
  window.addEventListener(
    "message",
    (event) => {
      if (event.origin === origin && event.source === peer) receive(event.data);
    },
    signal ? { signal } : {},
  );
  return (message) => peer.postMessage(message, origin);
}

/**
 * The fields of a message that is an object, or the JSON of one; none for anything else.
 * @param {unknown} data
 * @returns {Record<string, any>}
 */
export function fields(data) {
  let read = data;
  try {
    if (typeof data === "string") read = JSON.parse(data);
  } catch {
    return {};
  }
  return typeof read === "object" && read !== null ? read : {};
}
