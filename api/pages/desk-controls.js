// The strip that plays the script: play and pause, one turn on, again from the start, how fast,
// and whether the person answers instead of it.

import { icon } from "/pages/desk-customer.js";

const by = (id) => document.getElementById(id);

export class Controls {
  #player = null;

  /** `restart` and `changed` are called when the person wants to hear it again, or to answer. */
  constructor({ restart, changed }) {
    by("play").addEventListener("click", () => this.#toggle());
    by("step").addEventListener("click", () => this.#player?.step());
    by("again").addEventListener("click", restart);
    by("replay").addEventListener("click", restart);
    by("grant").addEventListener("click", () => this.#player?.grant());
    by("takeover").addEventListener("change", changed);
    by("speeds").addEventListener("change", () => this.#player?.faster(this.speed));
    by("step").append(icon("step"));
    by("again").append(icon("again"));
  }

  get speed() {
    return Number(document.querySelector("#speeds :checked").value);
  }

  get takeover() {
    return by("takeover").checked;
  }

  /** Plays this from now on, of the customer of that name. */
  take(player, name) {
    this.#player = player;
    this.name = name;
    this.#close(false);
    player.faster(this.speed);
    by("progress").max = player.cues.length;
    this.show();
  }

  /** Shows how far it is. */
  show() {
    const { state, at, cues } = this.#player;
    const held = state === "paused";
    by("play").replaceChildren(icon(held ? "play" : "pause"));
    by("play").ariaLabel = held ? "Play" : "Pause";
    by("play").disabled = by("step").disabled = state === "ended";
    by("progress").value = at;
    by("turns").textContent = `${at} of ${cues.length}`;
    by("grant").hidden = state !== "waiting";
    by("replay").hidden = state !== "ended";
    const told = {
      waiting: `Your turn: ${this.name} waits for your answer.`,
      ended: "That was the whole script. You can go on by yourself.",
      paused: at > 0 ? "Paused" : "",
    }[state] ?? "";
    if (by("state").textContent !== told) by("state").textContent = told;
  }

  /** The conversation has ended, and can only be heard again. */
  over(words) {
    this.#close(true);
    by("grant").hidden = true;
    by("replay").hidden = false;
    by("state").textContent = words;
  }

  #close(yes) {
    for (const id of ["play", "step", "again"]) by(id).disabled = yes;
  }

  #toggle() {
    if (this.#player?.state === "paused") this.#player.play();
    else this.#player?.pause();
  }
}
