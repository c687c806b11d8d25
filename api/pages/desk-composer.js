// Where the person writes: as the agent, or as the customer. Nothing leaves without their send.

export class Composer {
  constructor(form, { send, changed }) {
    this.form = form;
    this.field = form.elements.words;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(send, changed);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.field.addEventListener("input", changed);
    for (const one of form.elements.speaker) {
      one.addEventListener("change", () => {
        this.#hint();
        changed();
      });
    }
  }

  get role() {
    return this.form.elements.speaker.value;
  }

  /** Whether an answer of the agent is being written here. */
  get answering() {
    return this.role === "agent" && this.field.value.trim() !== "";
  }

  /** For one conversation: what is written is said in a call, and sent in a chat. */
  begin(name, channel) {
    this.name = name;
    this.field.value = "";
    this.form.elements.speaker.value = "agent";
    this.form.querySelector("[type=submit]").textContent = channel === "call" ? "Say" : "Send";
    this.#hint();
  }

  /** Words of the sidebar, after what is written already; the person goes on from there. */
  insert(text) {
    this.form.elements.speaker.value = "agent";
    this.#hint();
    const before = this.field.value.trimEnd();
    this.field.value = before ? `${before}\n${text}` : text;
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    this.field.scrollTop = this.field.scrollHeight;
    this.form.classList.remove("taken");
    requestAnimationFrame(() => this.form.classList.add("taken"));
  }

  disable(yes) {
    this.form.inert = yes;
  }

  #send(send, changed) {
    const words = this.field.value.trim();
    if (!words) return this.field.focus();
    this.field.value = "";
    this.form.classList.remove("taken");
    send(this.role, words);
    changed();
    this.field.focus();
  }

  #hint() {
    this.field.placeholder = this.role === "agent"
      ? `Answer ${this.name} yourself, or take a reply from the copilot`
      : `Say something as ${this.name}`;
  }
}
