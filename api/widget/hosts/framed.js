// The other end of generic.js: makes a frame that shows the panel stand for the panel's element, in
// a page of your own that the desk shows. There any adapter can be connected to the frame:
//
//   const frame = framed(document.querySelector("iframe"), window);
//   connect({ element: frame, options: new URLSearchParams(location.search), window });
//   frame.addEventListener("copilot:token-needed", async () => (frame.token = await mine()));
//
// The frame's address is the panel's, with ?host=generic&origin= and the origin of your page.

import { fields, wire } from "./origin.js";

const SAID = ["copilot:insert", "copilot:token-needed", "copilot:resize"];

/**
 * @template {HTMLIFrameElement} F
 * @param {F} frame  in the document, with its address
 * @param {Window} window
 * @returns {F & {token: string}}
 */
export function framed(frame, window) {
  const peer = frame.contentWindow;
  if (!peer) throw new Error("The frame has to stand in the document first");
  let token = "";
  // Until the panel stands in the frame, there is an empty page of another origin to talk to.
  let ready = frame.contentDocument?.URL !== "about:blank";
  const origin = new URL(frame.src).origin;
  const post = wire({ window, peer, origin }, (data) => {
    const { type, ...detail } = fields(data);
    if (type === "copilot:ready") {
      ready = true;
      send();
    }
    if (SAID.includes(type)) frame.dispatchEvent(new CustomEvent(type, { detail }));
  });
  const send = () => {
    if (!ready) return;
    post({
      type: "copilot:context",
      conversation_id: frame.getAttribute("conversation"),
      customer_id: frame.getAttribute("customer"),
      locale: frame.getAttribute("lang"),
      token,
    });
  };
  // Changes that are made together are sent together, once whoever makes them has finished.
  const changes = new MutationObserver(send);
  changes.observe(frame, { attributeFilter: ["conversation", "customer", "lang"] });
  frame.addEventListener("copilot:offered", (event) =>
    post({ type: "copilot:offered", .../** @type {CustomEvent} */ (event).detail }));
  return Object.defineProperty(/** @type {F & {token: string}} */ (frame), "token", {
    get: () => token,
    set: (value) => {
      token = value;
      queueMicrotask(send);
    },
  });
}
