// What colleagues did next in cases like this one.

import { make, said } from "./make.js";

/** @import { Likely, Wiring } from "./types.js" */

/** @param {Likely[]} found @param {Wiring} wiring */
export function likely(found, wiring) {
  if (!found.length) return [];
  return [
    make("h2", {}, "What colleagues did next in similar cases"),
    make("ul", { className: "likely" }, ...found.map((one) => make("li", {}, action(one, wiring)))),
  ];
}

/** @param {Likely} likely @param {Wiring} wiring */
function action({ action: name, share, of, cases, outcomes }, wiring) {
  const ended = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`).join(", ");
  return make("details", { id: `likely-${name}` },
    make("summary", {}, make("b", {}, said(name)), make("span", { className: "quiet" },
      ` ${Math.round(share * 100)} %, of ${of} similar situations`)),
    ended && make("p", { className: "quiet" }, "How they ended: ", said(ended)),
    ...cases.map((id) => past(id, `${name}-${id}`, wiring)));
}

/**
 * A case that is read once it is unfolded.
 * @param {string} id
 * @param {string} key
 * @param {Wiring} wiring
 */
function past(id, key, wiring) {
  const body = make("div", {}, "…");
  const made = make("details", { id: `case-${key}` }, make("summary", {}, "Case ", said(id)), body);
  made.addEventListener("toggle", () => made.open && wiring.past(id, body));
  return made;
}
