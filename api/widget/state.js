// What the sidebar knows, and how each event changes it. Pure: nothing here touches a page.

/** @import { Change, Guide, Shown, State, Suggestion } from "./types.js" */

// Late events are of a suggestion or two before; more need not be remembered.
const GONE = 32;
/** @type {Guide} */
const NOWHERE = { procedure: null, procedures: [], steps: [], likely: [], suggestion_id: "" };

/** @returns {State} */
export function empty() {
  return {
    link: "idle", seen: 0, current: null, asked: null, asking: false, customer: null,
    contacts: [], problem: "", gone: [], kept: [], guide: NOWHERE, ticks: [], actions: [],
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
      return {
        ...state, asking: true, asked: null, kept: keeping(state.kept, state.asked), problem: "",
      };
    case "answered":
      return { ...state, asking: false, asked: whole(null, change.suggestion, change.at) };
    case "patched":
      return {
        ...state,
        current: patched(state.current, change.id, change.patch),
        asked: patched(state.asked, change.id, change.patch),
        kept: state.kept.map((one) => ({ ...one, ...(one.id === change.id ? change.patch : {}) }))
          .filter(({ editing, decision }) => editing !== null && !decision),
      };
    case "ticked":
      return { ...state, problem: "", ticks: [...state.ticks, change.tick] };
    case "unticked":
      return { ...state, ticks: state.ticks.filter(({ turn_id }) => turn_id !== change.turn_id) };
    case "actions":
      return { ...state, actions: change.actions };
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
  const superseded = current?.id === before?.id;
  const kept = over ? keeping(state.kept, { ...before, superseded }) : state.kept;
  const ticks = state.ticks.filter(({ turn_id }) => turn_id !== event.data.turn_id);
  return { ...state, current, gone, kept, ticks, guide: guided(state.guide, event), ...next };
}

/**
 * With the words of a suggestion that goes, where a person has edited them and not decided.
 * @param {Shown[]} kept
 * @param {Shown | null} shown
 */
function keeping(kept, shown) {
  if (!shown || shown.decision || [null, shown.reply?.text].includes(shown.editing)) return kept;
  return [...kept, shown];
}

/**
 * Where the conversation stands in a procedure. In silence none may have been looked for: then what
 * stood goes on.
 * @param {Guide} guide
 * @param {{kind: string, data: any}} event
 * @returns {Guide}
 */
function guided(guide, { kind, data }) {
  if (!data.next_steps) return guide;
  if (kind === "no_suggestion" && !data.procedure && !data.likely_actions?.length) return guide;
  const suggestion_id = kind.endsWith("suggestion") ? data.suggestion_id : guide.suggestion_id;
  return { ...guideOf({ likely_actions: guide.likely, ...data }), suggestion_id };
}

/** @param {Suggestion} suggestion @returns {Guide} */
function guideOf({ suggestion_id, procedure, procedures, next_steps, likely_actions: likely }) {
  return { suggestion_id, procedure, procedures, steps: next_steps, likely };
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
    case "draft":
      return { ...current, reply: data.reply, confidence: data.confidence, at };
    case "superseded":
      return { ...current, superseded: true, underway: false, editing: null };
    case "decided":
      return { ...current, decision: data.decision };
    default:
      return current;
  }
}

/** @param {string} id @param {Shown["passages"]} passages @returns {Shown} */
function begun(id, passages) {
  return {
    id, passages, guide: NOWHERE, reply: null, confidence: 0, underway: true,
    reason: null, superseded: false, decision: null, editing: null, at: 0,
  };
}

/**
 * @param {Shown | null} current
 * @param {Suggestion} suggestion
 * @param {number} at
 * @returns {Shown}
 */
function whole(current, suggestion, at) {
  const { suggestion_id: id, passages, reply, reason, confidence } = suggestion;
  const before = current?.id === id ? current : begun(id, passages);
  return {
    ...before, passages, guide: guideOf(suggestion), reply, reason, confidence, underway: false,
    at: before.at || at,
  };
}

/** @param {Shown | null} shown @param {string} id @param {Partial<Shown>} patch */
function patched(shown, id, patch) {
  if (shown?.id !== id) return shown;
  // The words of what was superseded are edited among those that are kept.
  return { ...shown, ...patch, ...(shown.superseded && { editing: null }) };
}
