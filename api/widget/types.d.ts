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
  degraded: string[];
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
  degraded: string[];
}
export type Link = "idle" | "connecting" | "live" | "offline" | "locked" | "waiting" | "ended";
export interface State {
  link: Link;
  seen: number;
  current: Shown | null;
  asked: Shown | null;
  asking: boolean;
  customer: Customer | null;
  contacts: Contact[];
  problem: string;
}
export type Change =
  | { type: "event"; id: number; kind: string; data: any }
  | { type: "link"; link: Link }
  | { type: "asking" }
  | { type: "answered"; suggestion: Suggestion }
  | { type: "decided"; id: string; decision: string }
  | { type: "customer"; customer: Customer; contacts: Contact[] }
  | { type: "problem"; problem: string }
  | { type: "emptied" };
