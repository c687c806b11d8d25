// Zendesk Support, beside a ticket (ZAF v2, `ticket_sidebar`).
//
// No SDK is loaded: the manifest's location names the panel itself, and zaf.js speaks the framework's
// messages. In a page of your own that has loaded Zendesk's SDK, `window.ZAFClient` is used instead;
// then ?api= names where the copilot answers. Zendesk adds `origin` and `app_guid` to the address.
//
// The words go into the comment by `ticket.comment.appendText`; the agent submits it. A token comes
// through Zendesk's proxy, which alone puts the secure setting `copilot_key` into the header.

import { offer, supply, tell } from "./element.js";
import { fields, trusted } from "./origin.js";
import { framework } from "./zaf.js";

const FORM = /^https:\/\/[a-z0-9][a-z0-9-]*\.zendesk\.com$/;
const CONTEXT = ["ticket.id", "ticket.requester.id", "currentUser.id", "currentUser.locale"];
const CHANGES = ["app.registered", "app.activated", "ticket.requester.id.changed"];
const SIZE = { width: "100%", height: "640px" };

/**
 * @param {import("./element.js").Wiring} wiring
 * @returns {{close(): void}}
 */
export function connect({ element, options, window }) {
  const over = new AbortController();
  const { signal } = over;
  const origin = trusted(options.get("origin"), FORM);
  const client = sdk(window) ??
    framework({ window, origin, guid: options.get("app_guid") ?? "", signal });
  /** @type {unknown} */
  let agent;
  const read = async () => {
    const said = await client.get(CONTEXT);
    if (signal.aborted) return;
    agent = said["currentUser.id"];
    tell(element, {
      conversation: said["ticket.id"],
      customer: said["ticket.requester.id"],
      lang: said["currentUser.locale"],
    });
  };
  for (const change of CHANGES) client.on(change, read);
  client.on("app.registered", () => client.invoke("resize", SIZE));
  offer(element, signal, (text) => client.invoke("ticket.comment.appendText", text));
  supply(element, signal, async (claims) => {
    const answer = await client.request({
      url: `${options.get("api") ?? window.location.origin}/v1/tokens`,
      type: "POST",
      contentType: "application/json",
      headers: { Authorization: "Bearer {{setting.copilot_key}}" },
      secure: true,
      data: JSON.stringify({ agent: String(agent), ...claims }),
    });
    return fields(answer).token;
  });
  return { close: () => over.abort() };
}

/**
 * The SDK's client, where the page has loaded the SDK.
 * @param {Window} window
 * @returns {import("./zaf.js").Framework | undefined}
 */
function sdk(window) {
  const { ZAFClient } = /** @type {{ZAFClient?: {init(): any}}} */ (/** @type {unknown} */ (window));
  return ZAFClient?.init();
}
