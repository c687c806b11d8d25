// Plays a script at talking speed: a call word by word, a chat with a pause to type. It knows
// neither the page nor the network; what happens is told to the hooks.

// A word takes so long to say, and each of its letters: about 170 words a minute.
const WORD_MS = 110;
const LETTER_MS = 42;
const BREATH_MS = 450;
const TYPED_LETTER_MS = 45;
const LONGEST_TYPING_MS = 4000;

/** What happens of a turn, in order: `{after, words}` for a part, `{after, typing}`, `{after}`. */
export function beats({ text, seconds }, channel) {
  return channel === "call" ? spoken(text, seconds * 1000) : typed(text, seconds * 1000);
}

function spoken(text, before) {
  const words = text.split(/(?<=\s)/u);
  const takes = words.map((word) => WORD_MS + LETTER_MS * word.length);
  const talking = takes.reduce((sum, one) => sum + one, 0);
  const said = words.map((_, at) => words.slice(0, at + 1).join("").trimEnd());
  const parts = said.slice(0, -1).map((part, at) => ({ after: takes[at], words: part }));
  const all = [...parts, { after: takes.at(-1) }];
  all[0].after += Math.max(BREATH_MS, before - talking);
  return all;
}

function typed(text, before) {
  const typing = Math.min(LONGEST_TYPING_MS, before * 0.7, text.length * TYPED_LETTER_MS);
  return [{ after: before - typing, typing: true }, { after: typing }];
}

/**
 * `state` is paused, playing, waiting (for the person's own answer) or ended; `at` counts the
 * turns that are over. Hooks: `part(cue, at, words)`, `typing(cue, at)`, `said(cue, at)`,
 * `dropped()`, `changed()`, and `yields()`, whether the person answers instead of the script.
 */
export class Player {
  state = "paused";
  at = 0;
  speed = 1;
  #beats = [];
  #timer = 0;
  #granted = -1;

  constructor({ cues, channel }, hooks) {
    this.cues = cues;
    this.channel = channel;
    this.hooks = hooks;
  }

  get cue() {
    return this.cues[this.at];
  }

  play() {
    if (this.state === "ended") return;
    this.#become("playing");
    this.#go();
  }

  pause() {
    clearTimeout(this.#timer);
    if (this.state !== "ended") this.#become("paused");
  }

  /** Says the turn at hand at once, and holds. */
  step() {
    clearTimeout(this.#timer);
    if (!this.cue) return;
    this.#over();
    this.#become(this.cue ? "paused" : "ended");
  }

  faster(speed) {
    this.speed = speed;
    if (this.state === "playing") this.#go();
  }

  /** The script may give the agent's answer that it waits with. */
  grant() {
    this.#granted = this.at;
    this.play();
  }

  /** Whether the person answers has changed: the script waits, or goes on. */
  reconsider() {
    if (this.state === "waiting" && !this.hooks.yields()) this.play();
    if (this.state !== "playing" || !this.#beats.length || !this.#yields()) return;
    this.#drop();
    this.#go();
  }

  /** The person answered: the script leaves its own answer out. */
  answered() {
    if (this.cue?.role !== "agent") return;
    this.#drop();
    while (this.cue?.role === "agent") this.at += 1;
    if (this.state === "waiting") this.play();
    else if (this.state === "playing") this.#go();
    else this.hooks.changed();
  }

  #go() {
    clearTimeout(this.#timer);
    if (!this.cue) return this.#become("ended");
    if (!this.#beats.length) {
      if (this.#yields()) return this.#become("waiting");
      this.#beats = beats(this.cue, this.channel);
    }
    this.#timer = setTimeout(() => this.#beat(), this.#beats[0].after / this.speed);
  }

  #beat() {
    const { words, typing } = this.#beats.shift();
    if (words) this.hooks.part(this.cue, this.at, words);
    else if (typing) this.hooks.typing(this.cue, this.at);
    else this.#over();
    this.#go();
  }

  #over() {
    const [cue, at] = [this.cue, this.at];
    this.#beats = [];
    this.at += 1;
    this.hooks.said(cue, at);
    this.hooks.changed();
  }

  #yields() {
    return this.cue.role === "agent" && this.#granted !== this.at && this.hooks.yields();
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#beats = [];
    this.hooks.dropped();
  }

  #become(state) {
    this.state = state;
    this.hooks.changed();
  }
}
