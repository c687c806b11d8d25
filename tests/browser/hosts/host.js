// What every conformance page has: a composer that already holds the agent's words, the one button
// that sends, the panel in a frame, and a record of what the panel said.

const REAL = new URLSearchParams(location.search).has("real");
const PANEL = `https://copilot.example/${REAL ? "widget/" : ""}panel.html`;
const BEGUN = "Dear Ada,\n";

document.body.innerHTML = `
  <div id="composer" contenteditable="true" style="white-space: pre-wrap; min-height: 4em"></div>
  <button id="send">Send</button>
  <ol id="sent"></ol>`;
export const composer = document.getElementById("composer");
composer.textContent = BEGUN;

document.getElementById("send").addEventListener("click", () => {
  const message = document.createElement("li");
  message.textContent = composer.textContent;
  document.getElementById("sent").append(message);
  composer.textContent = "";
});

/** Appends words to the composer as text, as these desks do. */
export function append(text) {
  composer.append(text);
}

/** Frames the panel, with a stub for the sidebar unless `?real` is asked for; `query` is its address. */
export function show(query) {
  const frame = document.createElement("iframe");
  frame.name = "panel";
  frame.width = "320";
  frame.height = "480";
  frame.src = `${PANEL}?${new URLSearchParams(query)}`;
  document.body.append(frame);
  return frame;
}

/** Calls `hear` with what the panel says, and records it. */
export function hear(frame, hear) {
  window.heard = [];
  window.addEventListener("message", ({ data, source, origin }) => {
    if (source !== frame.contentWindow || origin !== new URL(PANEL).origin) return;
    window.heard.push(data);
    hear(data, (message) => frame.contentWindow.postMessage(message, origin));
  });
}

/** The token that the desk's server obtained for these claims. */
export function tokenFor({ conversation_id, customer_id }) {
  return `token of ${conversation_id} and ${customer_id}`;
}
