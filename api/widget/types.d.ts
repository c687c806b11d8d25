// What the API says, as far as the sidebar reads it: DESIGN of the wire contract, version 1.

export interface Citation { document_id: string; version: number; start: number; end: number; quote: string; }
export interface Sentence { text: string; start: number; end: number; citations: Citation[]; }
export interface Reply { text: string; sentences: Sentence[]; }
export interface Passage {
  passage_id: string; document_id: string; version: number; title: string; heading: string;
  text: string; start: number; end: number;
}
export interface Step {
  step_id: string; text: string; owner: string | null; action: string | null; mandatory: boolean;
}
export interface Procedure { title: string; position: number; of: number; }
export interface Suggestion {
  suggestion_id: string; status: string; reason: string | null; confidence: number;
  reply: Reply | null; procedure: Procedure | null; next_steps: Step[]; passages: Passage[];
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
  procedure: Procedure | null;
  steps: Step[];
  reply: Reply | null;
  confidence: number;
  underway: boolean;
  reason: string | null;
  superseded: boolean;
  decision: string | null;
  editing: boolean;
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
  | { type: "customer"; customer: Customer | null; contacts: Contact[] }
  | { type: "problem"; problem: string }
  | { type: "emptied" };

/** What the page asks of the element around it. */
export interface Wiring {
  api: () => string;
  /** The token of the moment, empty without one. */
  token: () => string;
  /** Ids of steps that the person has done. */
  ticked: Set<string>;
  opened: (passage: Passage) => void;
  ask: (question: string) => void;
  decide: (shown: Shown, decision: string, more?: { reason?: string; final_text?: string }) => void;
  edit: (shown: Shown, editing: boolean) => void;
}
/** Who follows a conversation: what it has seen, and where it hears what comes. */
export interface Listener {
  seen: () => number;
  event: (id: number, kind: string, data: any) => void;
  link: (link: Link) => void;
}
