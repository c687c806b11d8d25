// The page in a desktop's frame: the sidebar, connected to the desktop that its address names.

import "./agent-copilot.js";

const HOSTS = ["chatwoot", "freshdesk", "front", "generic", "genesys", "salesforce", "zendesk"];

const options = new URLSearchParams(location.search);
const asked = options.get("host") ?? "generic";
const element = /** @type {import("./agent-copilot.js").AgentCopilot} */ (
  document.querySelector("agent-copilot")
);
const trouble = /** @type {HTMLElement} */ (document.getElementById("trouble"));
try {
  if (!HOSTS.includes(asked)) throw new Error(`There is no adapter for “${asked}”.`);
  const { connect } = await import(`./hosts/${asked}.js`);
  connect({ element, options, window });
} catch (error) {
  trouble.textContent = error instanceof Error ? error.message : String(error);
}
