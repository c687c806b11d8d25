// Freshdesk, in the sidebar of a ticket (Freshworks app SDK, `ticket_sidebar`).
//
// The SDK answers only inside a Freshworks app, so this adapter runs in the app's own page: it has
// loaded Freshworks' client ("window.app"), frames the panel and is connected to the frame
// (framed.js). Files of an app are packed with it: framed.js, freshdesk.js, element.js and origin.js.
//
// The words go to the end of the open editor by `setValue`; an app of the sidebar may not be allowed
// to, and then the reply editor is opened with them. Both read HTML, so the words are escaped. A
// token comes by the app's request template `copilot_token`, whose key is a secure installation
// parameter that Freshworks' server fills in.

import { offer, supply, tell } from "./element.js";
import { fields } from "./origin.js";

/**
 * @typedef {{
 *   data: {get(name: string): Promise<Record<string, any>>},
 *   events: {on(name: string, heard: () => void): void},
 *   interface: {trigger(name: string, given: object): Promise<unknown>},
 *   request: {invokeTemplate(name: string, given: object): Promise<{response: string}>},
 * }} Client
 */

/**
 * @param {import("./element.js").Wiring} wiring
 * @returns {{close(): void}}
 */
export function connect({ element, options, window }) {
  const { app } = /** @type {{app?: {initialized(): Promise<Client>}}} */ (
    /** @type {unknown} */ (window)
  );
  if (!app) throw new Error("Freshworks' client is not on this page");
  const over = new AbortController();
  const { signal } = over;
  const opened = app.initialized();
  /** @type {unknown} */
  let agent;
  const read = async () => {
    const { data } = await opened;
    const [{ ticket }, { contact }, { loggedInUser }] = await Promise.all([
      data.get("ticket"),
      data.get("contact"),
      data.get("loggedInUser"),
    ]);
    if (signal.aborted) return;
    agent = loggedInUser?.id;
    const lang = options.get("locale") ?? loggedInUser?.contact?.language;
    tell(element, { conversation: ticket?.id, customer: contact?.id, lang });
  };
  opened.then((client) => client.events.on("app.activated", read));
  offer(element, signal, async (text) => insert(await opened, markup(text)));
  supply(element, signal, async (claims) => {
    const body = JSON.stringify({ agent: String(agent), ...claims });
    const client = await opened;
    const { response } = await client.request.invokeTemplate("copilot_token", { body });
    return fields(response).token;
  });
  return { close: () => over.abort() };
}

/**
 * @param {Client} client
 * @param {string} text  HTML
 */
async function insert(client, text) {
  const given = { id: "editor", text, replace: false, position: "end" };
  try {
    await client.interface.trigger("setValue", given);
  } catch {
    await client.interface.trigger("click", { id: "reply", text });
  }
}

/**
 * The words as HTML that shows exactly them.
 * @param {string} text
 */
function markup(text) {
  const escaped = text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return escaped.replace(/\r?\n/g, "<br>");
}
