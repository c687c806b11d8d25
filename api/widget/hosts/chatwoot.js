// Chatwoot, as a dashboard app: a tab of the conversation that frames the panel.
//
// Public message protocol: Chatwoot posts the JSON of {event: "appContext", data: {conversation,
// contact, currentAgent}} when the frame has loaded, and again whenever it is sent the bare string
// "chatwoot-dashboard-app:fetch-info". It checks no origin itself; we do. The panel's address is
// ?host=chatwoot&origin=https://chat.example (without `origin`: Chatwoot's own cloud).
//
// Chatwoot lets no app write into its composer. So the words that a person takes go to the clipboard,
// to be pasted; and the JSON of {event: "copilot:insert", suggestion_id, text} is posted to Chatwoot,
// for a dashboard script of your own that appends them (docs/hosts.md). It has no way to ask for a
// token either: where one is needed, put a page of your own between the two (framed.js).

import { offer, tell } from "./element.js";
import { fields, trusted, wire } from "./origin.js";

const CLOUD = "https://app.chatwoot.com";
const ASK = "chatwoot-dashboard-app:fetch-info";

/**
 * @param {import("./element.js").Wiring} wiring
 * @returns {{close(): void}}
 */
export function connect({ element, options, window }) {
  const over = new AbortController();
  const { signal } = over;
  const origin = trusted(options.get("origin") ?? CLOUD);
  const post = wire({ window, peer: window.parent, origin, signal }, (data) => {
    const { event, data: context } = fields(data);
    if (event !== "appContext") return;
    const { conversation, contact } = fields(context);
    tell(element, {
      conversation: fields(conversation).id,
      customer: fields(contact).id,
      lang: options.get("locale"),
    });
  });
  offer(element, signal, async (text, suggestion_id) => {
    post(JSON.stringify({ event: "copilot:insert", suggestion_id, text }));
    await copy(window, text);
    return "clipboard";
  });
  post(ASK);
  return { close: () => over.abort() };
}

/**
 * Puts the words into the clipboard; throws where the browser forbids it.
 * @param {Window} window
 * @param {string} text
 */
async function copy(window, text) {
  try {
    await window.navigator.clipboard.writeText(text);
  } catch {
    // Chatwoot's frame does not delegate "clipboard-write"; a copy command needs no delegation.
    copyBySelection(window.document, text);
  }
}

/**
 * @param {Document} document
 * @param {string} text
 */
function copyBySelection(document, text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!copied) throw new Error("The browser does not let this frame copy");
}
