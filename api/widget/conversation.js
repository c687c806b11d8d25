// What the sidebar tells one conversation: what a person did. And what can be done from there.

/** @import { Action } from "./types.js" */

export class Conversation {
  /** @param {import("./client.js").Client} client @param {string} id */
  constructor(client, id) {
    this.client = client;
    this.id = id;
  }

  /**
   * An agent's turn of an action alone; throws Refused.
   * @param {string} turn_id
   * @param {{name: string, parameters: Record<string, unknown>, result?: unknown}} action
   */
  turn(turn_id, action) {
    const turn = { turn_id, role: "agent", text: "", is_final: true, action };
    return this.client.call(`/v1/conversations/${encodeURIComponent(this.id)}/turns`, turn);
  }

  /**
   * Those that the caller may use; none where it may use none, null where nobody could say.
   * @returns {Promise<Action[] | null>}
   */
  actions() {
    return this.client.call("/v1/actions").then(
      ({ actions }) => actions,
      ({ status }) => (status === 403 ? [] : null),
    );
  }
}
