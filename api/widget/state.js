// What the sidebar knows, and how each event changes it. Pure: nothing here touches a page.

/** @import { Change, Shown, State, Suggestion } from "./types.js" */

// Late events are of a suggestion or two before; more need not be remembered.
const GONE = 32;

/** @returns {State} */
export function empty() {
  return {
    link: "idle", seen: 0, current: null, asked: null, asking: false, customer: null,
    contacts: [], problem: "", gone: [],
  };
}

/** @param {State} state @param {Change} change @returns {State} */
export function reduce(state, change) {
  switch (change.type) {
    case "event":
      if (change.id <= state.seen) return state;
      return heard({ ...state, seen: change.id }, change);
    case "link":
      return { ...state, link: change.link };
    case "asking":
      return { ...state, asking: true, asked: null, problem: "" };
    case "answered":
      return { ...state, asking: false, asked: whole(null, change.suggestion, change.at) };
    case "patched":
      return {
        ...state,
        current: patched(state.current, change.id, change.patch),
        asked: patched(state.asked, change.id, change.patch),
      };
    case "customer":
      return { ...state, customer: change.customer, contacts: change.contacts };
    case "problem":
      return { ...state, asking: false, problem: change.problem };
    case "emptied":
      return empty();
  }
}

/**
 * One event. What is said of a suggestion that was superseded or followed by another is stale.
 * @param {State} state
 * @param {{kind: string, data: any, at: number}} event
 * @returns {State}
 */
function heard(state, event) {
  const before = state.current;
  if (state.gone.includes(event.data.suggestion_id)) return state;
  const current = shownAfter(before, event);
  const next = current?.id !== before?.id ? { problem: "" } : {};
  const over = before && (current?.id !== before.id || current.superseded);
  const gone = over ? [...state.gone, before.id].slice(-GONE) : state.gone;
  return { ...state, current, gone, ...next };
}

/**
 * @param {Shown | null} current
 * @param {{kind: string, data: any, at: number}} event
 * @returns {Shown | null}
 */
function shownAfter(current, { kind, data, at }) {
  if (kind === "evidence") return begun(data.suggestion_id, data.passages);
  if (kind === "suggestion") return whole(current, data, at);
  if (kind === "no_suggestion") {
    if (data.reason === "no_need" && current && !current.superseded) return current;
    return whole(current, data, at);
  }
  if (current?.id !== data.suggestion_id || !current) return current;
  switch (kind) {
    case "steps":
      return { ...current, procedure: data.procedure, steps: data.next_steps };
    case "draft":
      return { ...current, reply: data.reply, confidence: data.confidence, at };
    case "superseded":
      return { ...current, superseded: true, underway: false };
    case "decided":
      return { ...current, decision: data.decision };
    default:
      return current;
  }
}

/** @param {string} id @param {Shown["passages"]} passages @returns {Shown} */
function begun(id, passages) {
  return {
    id, passages, procedure: null, steps: [], reply: null, confidence: 0, underway: true,
    reason: null, superseded: false, decision: null, editing: false, at: 0,
  };
}

/**
 * @param {Shown | null} current
 * @param {Suggestion} suggestion
 * @param {number} at
 * @returns {Shown}
 */
function whole(current, suggestion, at) {
  const { suggestion_id: id, passages, procedure, next_steps, reply, reason, confidence } = suggestion;
  const before = current?.id === id ? current : begun(id, passages);
  return {
    ...before, passages, procedure, steps: next_steps, reply, reason, confidence, underway: false,
    at: before.at || at,
  };
}

/** @param {Shown | null} shown @param {string} id @param {Partial<Shown>} patch */
function patched(shown, id, patch) {
  return shown?.id === id ? { ...shown, ...patch } : shown;
}
