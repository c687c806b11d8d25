// A stub for the sidebar, on a panel that connects the adapter which its address names.

class Stub extends HTMLElement {
  static observedAttributes = ["conversation", "customer"];
  token = "";
  said = [];

  /** Every pair of conversation and customer that the element ever had, in order. */
  attributeChangedCallback() {
    this.said.push([this.getAttribute("conversation"), this.getAttribute("customer")]);
  }
}
customElements.define("agent-copilot", Stub);

const element = document.querySelector("agent-copilot");
const options = new URLSearchParams(location.search);
window.offered = [];
element.addEventListener("copilot:offered", ({ detail }) => window.offered.push(detail));
document.getElementById("take").addEventListener("click", () => {
  const detail = { suggestion_id: "s-1", text: window.words };
  element.dispatchEvent(new CustomEvent("copilot:insert", { detail, bubbles: true }));
});

const { connect } = await import(`/widget/hosts/${options.get("host")}.js`);
try {
  window.connection = connect({ element, options, window });
  document.documentElement.dataset.connected = "";
} catch (error) {
  document.documentElement.dataset.refused = error.message;
}
