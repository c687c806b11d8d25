// Any host, by messages (window.postMessage), for desks that have no adapter of their own.
//
// The panel is framed at ?host=generic&origin=https://desk.example, where `origin` is the origin of
// the page that frames it. Messages are objects:
//
//   host → panel  {type: "copilot:context", conversation_id, customer_id?, token?, locale?}
//                   whenever one of them changes; conversation_id null empties the panel
//                 {type: "copilot:offered", suggestion_id, how}
//                   optional, after an insert: how is "composer", "clipboard" or "failed"
//   panel → host  {type: "copilot:ready"}                          send the context now
//                 {type: "copilot:insert", text, suggestion_id}    a person took this reply
//                 {type: "copilot:token-needed"}                   send a context with a new token
//                 {type: "copilot:resize", height}                 CSS pixels of the content
//
// The host appends the text of an insert to what its composer holds, and sends nothing by itself.

import { announce, offer, tell } from "./element.js";
import { fields, trusted, wire } from "./origin.js";

/**
 * @param {import("./element.js").Wiring} wiring
 * @returns {{close(): void}}
 */
export function connect({ element, options, window }) {
  const over = new AbortController();
  const { signal } = over;
  const origin = trusted(options.get("origin"));
  const post = wire({ window, peer: window.parent, origin, signal }, (data) => {
    const said = fields(data);
    if (said.type === "copilot:context") {
      const { conversation_id: conversation, customer_id: customer, locale: lang, token } = said;
      tell(element, { conversation, customer, lang, token });
    }
    if (said.type === "copilot:offered") announce(element, said.suggestion_id, said.how);
  });
  offer(element, signal, (text, suggestion_id) => {
    post({ type: "copilot:insert", text, suggestion_id });
    return null;
  });
  const need = () => post({ type: "copilot:token-needed" });
  element.addEventListener("copilot:token-needed", need, { signal });
  const sizes = new ResizeObserver(() =>
    post({ type: "copilot:resize", height: element.scrollHeight }));
  sizes.observe(element);
  signal.addEventListener("abort", () => sizes.disconnect());
  post({ type: "copilot:ready" });
  return { close: () => over.abort() };
}
