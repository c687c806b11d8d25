// What the sidebar knows, and how each event changes it. Pure: nothing here touches a page.

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Shown} Shown */
/** @typedef {import("./types.js").Suggestion} Suggestion */

/** @returns {State} */
export function empty() {
  return {
    link: "idle", seen: 0, current: null, asked: null, asking: false, customer: null,
    contacts: [], problem: "",
  };
}

/**
 * @param {State} state
 * @param {Change} change
 * @returns {State}
 */
export function reduce(state, change) {
  switch (change.type) {
    case "event":
      if (change.id <= state.seen) return state;
      return {
        ...state,
        seen: change.id,
        current: shownAfter(state.current, change),
        problem: change.kind === "evidence" ? "" : state.problem,
      };
    case "link":
      return { ...state, link: change.link };
    case "asking":
      return { ...state, asking: true, asked: null, problem: "" };
    case "answered":
      return { ...state, asking: false, asked: whole(null, change.suggestion) };
    case "decided":
      return {
        ...state,
        current: withDecision(state.current, change.id, change.decision),
        asked: withDecision(state.asked, change.id, change.decision),
      };
    case "customer":
      return { ...state, customer: change.customer, contacts: change.contacts };
    case "problem":
      return { ...state, asking: false, problem: change.problem };
    case "emptied":
      return { ...empty(), link: state.link };
  }
}

/**
 * What is shown after one event of the conversation. What is said of another suggestion than the
 * one shown is stale, except for what begins a new one.
 * @param {Shown | null} current
 * @param {{kind: string, data: any}} event
 * @returns {Shown | null}
 */
function shownAfter(current, { kind, data }) {
  if (kind === "evidence") return begun(data.suggestion_id, data.passages);
  if (kind === "suggestion") return whole(current, data);
  if (kind === "no_suggestion") {
    if (data.reason === "no_need" && current && !current.superseded) return current;
    return whole(current, data);
  }
  if (!current || current.id !== data.suggestion_id) return current;
  switch (kind) {
    case "steps":
      return { ...current, procedure: data.procedure, steps: data.next_steps };
    case "draft":
      return { ...current, reply: data.reply, confidence: data.confidence };
    case "superseded":
      return { ...current, superseded: true, underway: false };
    case "decided":
      return { ...current, decision: data.decision };
    default:
      return current;
  }
}

/**
 * @param {string} id
 * @param {Shown["passages"]} passages
 * @returns {Shown}
 */
function begun(id, passages) {
  return {
    id, passages, procedure: null, steps: [], reply: null, confidence: 0, underway: true,
    reason: null, superseded: false, decision: null, degraded: [],
  };
}

/**
 * @param {Shown | null} current
 * @param {Suggestion} suggestion
 * @returns {Shown}
 */
function whole(current, suggestion) {
  const same = current && current.id === suggestion.suggestion_id ? current : null;
  return {
    ...(same ?? begun(suggestion.suggestion_id, suggestion.passages)),
    passages: suggestion.passages,
    procedure: suggestion.procedure,
    steps: suggestion.next_steps,
    reply: suggestion.reply,
    confidence: suggestion.confidence,
    underway: false,
    reason: suggestion.reason,
    degraded: suggestion.degraded ?? [],
  };
}

/**
 * @param {Shown | null} shown
 * @param {string} id
 * @param {string} decision
 */
function withDecision(shown, id, decision) {
  return shown && shown.id === id ? { ...shown, decision } : shown;
}
