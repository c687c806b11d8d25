// What the API says, as far as the sidebar reads it: DESIGN of the wire contract, version 1.

export interface Citation { document_id: string; version: number; start: number; end: number; quote: string; }
export interface Sentence { text: string; start: number; end: number; citations: Citation[]; }
export interface Reply { text: string; sentences: Sentence[]; }
export interface Passage {
  passage_id: string; document_id: string; version: number; title: string; heading: string;
  text: string; start: number; end: number;
}
export interface Place { document_id: string; version: number; start: number; end: number; }
export interface Step extends Place {
  step_id: string; text: string; owner: string | null; action: string | null; mandatory: boolean;
  state: "done" | "next" | "open" | "skipped"; number: string; parent: string | null;
  condition: string | null; detail: { start: number; end: number; text: string } | null;
}
export interface Procedure { title: string; procedure_id: string; }
export interface Likely {
  action: string; share: number; of: number; cases: string[]; outcomes: Record<string, number>;
}
export interface Suggestion {
  suggestion_id: string; status: string; reason: string | null; confidence: number;
  reply: Reply | null; procedure: Procedure | null; procedures: Procedure[]; next_steps: Step[];
  likely_actions: Likely[]; passages: Passage[];
}
/** The procedure that a conversation is in, as the server told it last. */
export interface Guide {
  procedure: Procedure | null;
  /** Those that it may be, the current one first. */
  procedures: Procedure[];
  steps: Step[];
  likely: Likely[];
  /** The stored suggestion that told it; empty before there is one. */
  suggestion_id: string;
}
/** What a person has ticked or unticked, until the server says what it made of it. */
export interface Tick { turn_id: string; step_id: string; done: boolean; }
/** A past conversation. */
export interface Case {
  channel: string; started_at: string; outcome: string | null;
  turns: { role: string; text: string; action: string | null }[];
}
/** An action that the caller may use. */
export interface Action {
  name: string; title: string; description: string; effect: string; named: string[];
  parameters: { properties: Record<string, any>; required?: string[] };
}
export interface Contact {
  interaction_id: string; channel: string; started_at: string; subject: string | null;
  outcome: string | null;
}
export interface Customer { customer_id: string; name: string | null; preferred_channel: string | null; }

/** A suggestion on its way, whole, silent, or of no more use. */
export interface Shown {
  id: string;
  passages: Passage[];
  guide: Guide;
  reply: Reply | null;
  confidence: number;
  underway: boolean;
  reason: string | null;
  superseded: boolean;
  decision: string | null;
  /** The words as the person has them by now; null where they are not edited. */
  editing: string | null;
  /** When its reply was there, in ms; 0 before. */
  at: number;
}
export type Link = "idle" | "connecting" | "live" | "offline" | "locked" | "waiting" | "ended";
export interface State {
  link: Link;
  seen: number;
  current: Shown | null;
  asked: Shown | null;
  asking: boolean;
  /** Suggestions of before whose words a person has edited, and neither taken nor discarded. */
  kept: Shown[];
  guide: Guide;
  ticks: Tick[];
  /** What can be done or looked up from here. */
  actions: Action[];
  /** Suggestions of which nothing more is shown, the last ones. */
  gone: string[];
  customer: Customer | null;
  contacts: Contact[];
  problem: string;
}
export type Change =
  | { type: "event"; id: number; kind: string; data: any; at: number }
  | { type: "link"; link: Link }
  | { type: "asking" }
  | { type: "answered"; suggestion: Suggestion; at: number }
  | { type: "patched"; id: string; patch: Partial<Shown> }
  | { type: "ticked"; tick: Tick }
  | { type: "unticked"; turn_id: string }
  | { type: "actions"; actions: Action[] }
  | { type: "customer"; customer: Customer | null; contacts: Contact[] }
  | { type: "problem"; problem: string }
  | { type: "emptied" };

/** What the page asks of the element around it. */
export interface Wiring {
  api: () => string;
  /** The token of the moment, empty without one. */
  token: () => string;
  opened: (place: Place & { passage_id?: string }) => void;
  ask: (question: string) => void;
  decide: (shown: Shown, decision: string, more?: { reason?: string; final_text?: string }) => void;
  /** Keeps the words that are being edited; null goes back to those that were suggested. */
  edit: (shown: Shown, words: string | null) => void;
  tick: (step_id: string, done: boolean) => void;
  turnTo: (procedure: Procedure) => void;
  /** Shows a past conversation in a place. */
  past: (interaction_id: string, place: HTMLElement) => void;
  /** Prepares an action, or looks up what it tells. */
  act: (action: Action, step: Step) => void;
}
/** What the cards ask of the element around them. */
export interface Desk {
  conversation: () => import("./conversation.js").Conversation;
  /** The stored suggestion that told the steps; empty before there is one. */
  suggestion: () => string;
  /** A card has gone, and with it the focus. */
  closed: () => void;
}
export interface Done { name: string; parameters: Record<string, any>; result: any; }
/** One field of a card. */
export interface Parameter {
  name: string; schema: Record<string, any>; required: boolean; value?: any;
  source?: Source | null; alternatives?: { value: any; source: Source }[];
}
export interface Source { kind: string; field: string | null; action: string | null; }
export interface Receipt {
  state: string; number: number; result: any; detail: string | null; answered_at: string | null;
  parameters: Record<string, any>;
}
export interface Fact {
  title: string; action: string; parameters: Record<string, any>; fields: Record<string, any>;
  as_of: string; disagree: boolean; problem: string | null;
}
/** Who follows a conversation: what it has seen, and where it hears what comes. */
export interface Listener {
  seen: () => number;
  event: (id: number, kind: string, data: any) => void;
  link: (link: Link) => void;
}
