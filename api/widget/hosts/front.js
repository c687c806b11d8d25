// Front, as a sidebar plugin (plugin SDK 1.x).
//
// Front speaks only to pages that have loaded its SDK, so this adapter runs in a page of your own: it
// loads @frontapp/plugin-sdk, offers it as `window.Front`, frames the panel and is connected to the
// frame (framed.js). Front adds `auth_secret` to your page's address; your server checks it before it
// asks for tokens, and your page sets `frame.token` on `copilot:token-needed`.
//
// The words go into the draft that the conversation has, at the caret, or into a new draft of a reply
// to the customer's last message; the teammate sends it.

import { offer, tell } from "./element.js";

/**
 * @typedef {{id: string, date: Date, status: "inbound" | "outbound"}} Message
 * @typedef {{
 *   type: string,
 *   conversation: {
 *     id: string,
 *     draftId?: string,
 *     recipient?: {handle: string, contact?: {id: string}},
 *   },
 *   listMessages(): Promise<{results: readonly Message[]}>,
 *   createDraft(draft: object): Promise<unknown>,
 *   updateDraft(id: string, update: object): Promise<unknown>,
 * }} Context
 * @typedef {{contextUpdates: {
 *   subscribe(heard: (context: Context) => void): {unsubscribe(): void}
 * }}} Front
 */

/**
 * @param {import("./element.js").Wiring} wiring
 * @returns {{close(): void}}
 */
export function connect({ element, options, window }) {
  const { Front } = /** @type {{Front?: Front}} */ (/** @type {unknown} */ (window));
  if (!Front) throw new Error("Front's plugin SDK is not on this page");
  const over = new AbortController();
  /** @type {Context | null} */
  let shown = null;
  const updates = Front.contextUpdates.subscribe((context) => {
    shown = context.type === "singleConversation" ? context : null;
    tell(element, {
      conversation: shown?.conversation.id,
      customer: shown?.conversation.recipient?.contact?.id,
      lang: options.get("locale"),
    });
  });
  offer(element, over.signal, (text) => draft(shown, text));
  return {
    close() {
      over.abort();
      updates.unsubscribe();
    },
  };
}

/**
 * @param {Context | null} context
 * @param {string} text
 */
async function draft(context, text) {
  if (!context) throw new Error("No conversation is open");
  const content = { body: text, type: "text" };
  const { draftId } = context.conversation;
  if (draftId) {
    await context.updateDraft(draftId, { updateMode: "insert", content });
    return;
  }
  const { results } = await context.listMessages();
  const asked = results.filter(({ status }) => status === "inbound");
  const [last] = (asked.length ? asked : [...results]).sort((a, b) => +b.date - +a.date);
  const replyOptions = last && { type: "reply", originalMessageId: last.id };
  await context.createDraft({ content, ...(replyOptions && { replyOptions }) });
}
