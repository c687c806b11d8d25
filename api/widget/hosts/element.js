// What every adapter does with the panel: tells it whose conversation is open, takes from it the words
// that a person took, and gets it tokens.

/**
 * The `<agent-copilot>`, or a frame that stands for it (see framed.js).
 * @typedef {HTMLElement & {token?: string}} Panel
 * @typedef {{element: Panel, options: URLSearchParams, window: Window}} Wiring
 * @typedef {"composer" | "clipboard" | "failed"} Outcome  where a taken reply went
 */

/**
 * Tells the panel whose conversation it stands beside; no conversation empties it. While it moves
 * from one to another it has none, so that nothing is asked with a mixture of the two.
 * @param {Panel} element
 * @param {{conversation?: unknown, customer?: unknown, lang?: unknown, token?: unknown}} context
 */
export function tell(element, { conversation, customer, lang, token }) {
  const before = element.getAttribute("conversation");
  const now = identity(conversation);
  if (before !== now && before !== null) {
    element.removeAttribute("conversation");
    element.token = "";
  }
  if (typeof token === "string") element.token = token;
  if (typeof lang === "string" && lang) element.setAttribute("lang", lang.replace("_", "-"));
  const who = identity(customer);
  if (who === null) element.removeAttribute("customer");
  else element.setAttribute("customer", who);
  if (before !== now && now !== null) element.setAttribute("conversation", now);
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
function identity(value) {
  const named = typeof value === "string" || Number.isSafeInteger(value);
  return named && value !== "" ? String(value) : null;
}

/**
 * Calls `insert` with each reply that the person takes, never otherwise, and announces where the
 * words went as `copilot:offered`, unless `insert` cannot know (null).
 * @param {Panel} element
 * @param {AbortSignal} signal
 * @param {(text: string, suggestion_id: string) => unknown} insert
 */
export function offer(element, signal, insert) {
  /** @param {Event} event */
  const take = async (event) => {
    const { text, suggestion_id } = /** @type {CustomEvent} */ (event).detail;
    /** @type {unknown} */
    let outcome;
    try {
      outcome = await insert(text, suggestion_id);
    } catch {
      outcome = "failed";
    }
    if (outcome !== null) announce(element, suggestion_id, outcome);
  };
  element.addEventListener("copilot:insert", take, { signal });
}

/**
 * @param {Panel} element
 * @param {string} suggestion_id
 * @param {unknown} outcome  an Outcome; what is none of them is the composer
 */
export function announce(element, suggestion_id, outcome) {
  const how = outcome === "clipboard" || outcome === "failed" ? outcome : "composer";
  element.dispatchEvent(new CustomEvent("copilot:offered", { detail: { suggestion_id, how } }));
}

/**
 * Asks for a token whenever the panel needs one; one that comes too late for its conversation is
 * dropped. A failure leaves the panel without; it may ask again.
 * @param {Panel} element
 * @param {AbortSignal} signal
 * @param {(claims: {conversation_id: string, customer_id?: string}) => Promise<unknown>} ask
 */
export function supply(element, signal, ask) {
  const needed = async () => {
    const conversation_id = element.getAttribute("conversation");
    if (conversation_id === null) return;
    const customer_id = element.getAttribute("customer");
    const token = await ask({ conversation_id, ...(customer_id !== null && { customer_id }) });
    const current = element.getAttribute("conversation") === conversation_id;
    if (current && !signal.aborted && typeof token === "string") element.token = token;
  };
  element.addEventListener("copilot:token-needed", needed, { signal });
}
