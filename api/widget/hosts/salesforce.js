// Salesforce Service Cloud, framed by a Lightning web component (LWC) or a Visualforce page of yours.
//
// Lightning Message Service reaches no foreign frame, so your component is the bridge. It speaks the
// protocol of generic.js: as context `conversation_id` is its `recordId`; on `copilot:insert` it calls
//   toolkit.setAgentInput(recordId, { text }, true)   // at the cursor, the agent sends it
// of <lightning-conversation-toolkit-api>. And it passes on, unchanged, what it subscribes to:
//
//   {type: "copilot:lightning", channel, message}
//     channel: "lightning__conversationEndUserMessage", "lightning__conversationAgentSend" (message:
//     {recordId, content, name, timestamp}) or "lightning__conversationEnded" ({recordId})
//   {type: "copilot:voice", event}
//     the voice toolkit's `transcript` ({type, detail: {callId, sender: {role}, content: {text}, …}})
//     or `callended` ({type, detail: {callId}})
//
// Those channels carry every conversation that the agent has open. So they only say which one is
// shown where none is, and when the one shown has ended; their words stay unread. What was said is
// fed to the copilot by Salesforce's server (POST /v1/feeds/salesforce): a page's token may not.

import { tell } from "./element.js";
import { connect as connectGeneric } from "./generic.js";
import { fields, trusted, wire } from "./origin.js";

const FORM = /^https:\/\/([a-z0-9-]+\.)+(lightning\.force|vf\.force|my\.salesforce)\.com$/;
const ENDED = "lightning__conversationEnded";
const CHANNELS = [
  "lightning__conversationEndUserMessage",
  "lightning__conversationAgentSend",
  ENDED,
];

/**
 * @param {import("./element.js").Wiring} wiring
 * @returns {{close(): void}}
 */
export function connect({ element, options, window }) {
  const over = new AbortController();
  const { signal } = over;
  const origin = trusted(options.get("origin"), FORM);
  wire({ window, peer: window.parent, origin, signal }, (data) => {
    const said = fields(data);
    const heard = said.type === "copilot:voice" ? spoken(said) : written(said);
    if (!heard) return;
    const shown = element.getAttribute("conversation");
    if (shown === null && !heard.ended) tell(element, { conversation: heard.conversation });
    if (shown !== null && heard.ended && same(shown, heard.conversation)) tell(element, {});
  });
  const generic = connectGeneric({ element, options, window });
  return {
    close() {
      over.abort();
      generic.close();
    },
  };
}

/** @typedef {{conversation: string, ended: boolean} | null} Heard */

/**
 * @param {Record<string, any>} said
 * @returns {Heard}
 */
function written({ type, channel, message }) {
  const { recordId } = fields(message);
  if (type !== "copilot:lightning" || !CHANNELS.includes(channel)) return null;
  if (typeof recordId !== "string") return null;
  return { conversation: recordId, ended: channel === ENDED };
}

/**
 * @param {Record<string, any>} said
 * @returns {Heard}
 */
function spoken({ event }) {
  const { type, detail } = fields(event);
  const { callId } = fields(detail);
  const kind = String(type).toLowerCase();
  if (!["transcript", "callended"].includes(kind) || typeof callId !== "string") return null;
  return { conversation: callId, ended: kind === "callended" };
}

/**
 * Whether two ids name one record: Salesforce writes an id with 15 characters, or with 3 more that
 * only repeat the case of the first.
 * @param {string} one
 * @param {string} other
 */
function same(one, other) {
  const short = [one, other].map((id) => (/^\w{18}$/.test(id) ? id.slice(0, 15) : id));
  return short[0] === short[1];
}
