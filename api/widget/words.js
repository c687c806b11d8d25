// What the sidebar says in its own words.

/** @type {Record<string, string>} */
export const SILENT = {
  no_need: "Nothing is needed right now.",
  no_evidence: "The documents say nothing about this.",
  weak_evidence: "The documents say too little to suggest a reply. What is nearest stands below.",
  conflicting: "Two documents disagree. Both stand below; ask their owners which one holds.",
  out_of_date: "What would answer this is not in force.",
  not_permitted: "What would answer this is not for you to see.",
  deadline: "No reply was ready in time. What was found stands below.",
};

/** @type {Record<string, string>} */
export const REASONS = {
  "": "Why not? …",
  wrong: "Wrong",
  incomplete: "Incomplete",
  not_relevant: "Not relevant",
  out_of_date: "Out of date",
  unsafe: "Unsafe",
  tone: "Wrong tone",
};

/** @type {Record<string, string>} */
export const DECIDED = {
  taken: "Taken.",
  edited: "Taken with your changes.",
  rejected: "Rejected. Thank you for saying why.",
  ignored: "Set aside.",
};

/** @type {Record<import("./types.js").Link, string>} */
export const LINK = {
  idle: "No conversation",
  connecting: "Connecting …",
  live: "Listening",
  offline: "Offline. Trying again …",
  locked: "Not let in. Waiting for the desk …",
  waiting: "Waiting for the conversation …",
  ended: "The conversation has ended",
};

/** @type {Record<string, string>} */
export const WENT = {
  composer: "It stands in your composer. Nothing was sent.",
  clipboard: "Copied. Paste it where you write.",
  failed: "Your desk did not take it. Copy it from here.",
};

/** @param {number} confidence  0 to 1 */
export function sureness(confidence) {
  const words = confidence >= 0.8 ? "Very likely right" : confidence >= 0.6 ? "Likely right" : "Check it";
  return `${words} (${Math.round(confidence * 100)}%)`;
}
