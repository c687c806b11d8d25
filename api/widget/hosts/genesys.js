// Genesys Cloud, as an interaction widget (`embedded-client-app-interaction-widget`).
//
// Genesys fills in the address that an administrator configures, one frame for each interaction:
//   ?host=genesys&gcConversationId={{gcConversationId}}&gcHostOrigin={{gcHostOrigin}}
//   &gcTargetEnv={{gcTargetEnv}}&locale={{gcLangTag}}
// There is nothing to listen to. The words are proposed by the message of the published SDK
// (MyPureCloud/client-app-sdk, `proposeInteractionMessage`, MIT), which puts them at the cursor of
// the agent's message box for the agent to send. Genesys says neither who the customer is nor asks a
// server for us: `customer` in the address, and tokens, come from a page of your own (framed.js).

import { offer, tell } from "./element.js";
import { trusted } from "./origin.js";

const REGIONS = String.raw`mypurecloud\.(com|com\.au|de|ie|jp)|pure\.cloud|us-gov-pure\.cloud`;
const FORM = new RegExp(String.raw`^https:\/\/([a-z0-9-]+\.)+(${REGIONS})$`);
const AGENT = { protocolAgentName: "agent-assist-copilot", protocolAgentVersion: "1.0.0" };

/**
 * @param {import("./element.js").Wiring} wiring
 * @returns {{close(): void}}
 */
export function connect({ element, options, window }) {
  const over = new AbortController();
  const origin = trusted(options.get("gcHostOrigin"), FORM);
  if (!options.get("gcTargetEnv")) throw new Error("Genesys did not fill in gcTargetEnv");
  offer(element, over.signal, (text) =>
    window.parent.postMessage(
      {
        action: "proposeInteractionMessage",
        mode: "insert",
        message: text,
        protocol: "purecloud-client-apps",
        ...AGENT,
      },
      origin,
    ));
  tell(element, {
    conversation: options.get("gcConversationId"),
    customer: options.get("customer"),
    lang: options.get("locale"),
  });
  return { close: () => over.abort() };
}
