// The sidebar beside the conversation: the element that hosts embed too, with nothing added.

import { element } from "/pages/client.js";

const MODULE = "/widget/agent-copilot.js";

/**
 * Has the sidebar work beside a conversation; `insert` gets the words that a person takes, and
 * what is asked in its box is asked of the same `groups`.
 */
export function attend(place, { conversationId, customerId, groups }, insert) {
  const sidebar = element("agent-copilot");
  sidebar.setAttribute("api", location.origin);
  sidebar.setAttribute("conversation", conversationId);
  if (customerId) sidebar.setAttribute("customer", customerId);
  if (groups.length) sidebar.scope = { groups };
  sidebar.addEventListener("copilot:insert", ({ detail: { suggestion_id, text } }) => {
    insert(text);
    const detail = { suggestion_id, how: "composer" };
    sidebar.dispatchEvent(new CustomEvent("copilot:offered", { detail }));
  });
  place.querySelector("agent-copilot")?.remove();
  place.append(sidebar);
  place.classList.add("attending");
}

/** Takes the sidebar away again: nobody is listened to. */
export function leave(place) {
  place.querySelector("agent-copilot")?.remove();
  place.classList.remove("attending");
}

/** Loads the element; says so in its place where it cannot be had. */
export async function load(place) {
  try {
    await import(MODULE);
  } catch {
    place.querySelector(".idle .quiet").textContent =
      `The sidebar could not be loaded from ${MODULE}.`;
  }
}
