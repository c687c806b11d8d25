// A search over STAR's dialogues, where the server has them.

import { call } from "/pages/client.js";

const QUIET_MS = 250;

/** Shows the search in the inbox; `entry` makes what stands for one dialogue there. */
export function offerStar(section, total, entry) {
  const field = section.querySelector("input");
  const list = section.querySelector("ul");
  const more = section.querySelector("button");
  const found = section.querySelector("[role=status]");
  let timer = 0;
  let newest = 0;
  let next = null;

  async function search(after = 0) {
    const mine = (newest += 1);
    const query = new URLSearchParams({ star: field.value.trim(), after });
    const page = await call(`/demo/conversations?${query}`).catch((problem) => ({ problem }));
    if (mine !== newest) return;
    if (page.problem) {
      found.textContent = page.problem.message;
      return;
    }
    const items = page.conversations.map(entry);
    if (after) list.append(...items);
    else list.replaceChildren(...items);
    next = page.next;
    more.hidden = next === null;
    found.textContent = page.star ? `${page.star} dialogues` : "No dialogue has these words.";
  }

  section.hidden = total === 0;
  if (total === 0) return;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, QUIET_MS);
  });
  more.addEventListener("click", () => search(next));
  section.addEventListener("toggle", () => section.open && !list.children.length && search());
}
