// A past conversation as it went. It is loaded when the first one is unfolded.

import { make, said } from "./make.js";

/** @import { Case } from "./types.js" */

/**
 * Shows a case in this place, or says why it cannot be read.
 * @param {HTMLElement} place
 * @param {string} id
 * @param {import("./client.js").Client} client
 */
export async function show(place, id, client) {
  try {
    const found = await client.call(`/v1/cases/${encodeURIComponent(id)}`);
    place.replaceChildren(...told(found));
  } catch (error) {
    place.replaceChildren(error instanceof Error ? error.message : String(error));
  }
}

/** @param {Case} past */
function told({ channel, started_at, outcome, turns }) {
  const about = [channel, started_at.slice(0, 10), outcome].filter(Boolean).join(" · ");
  return [
    make("p", { className: "quiet" }, said(about)),
    make("ol", {}, ...turns.map(({ role, text, action }) =>
      make("li", { className: "text" }, make("b", {}, `${role}: `), said(text),
        action && make("span", { className: "tag" }, said(action))))),
  ];
}
