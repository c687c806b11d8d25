// What both pages need: calls to the API, elements without markup strings, code point offsets.

// A key lives in the memory of the pages that are open, and is lent to others of this origin.
const WANTED = "wanted";
const PATIENCE_MS = 250;
let key = "";
let lending = null;

/** Keeps the key for as long as the page stands. */
export function keep(secret) {
  key = secret.trim();
  if (lending) return;
  lending = new BroadcastChannel("key");
  lending.onmessage = ({ data }) => {
    if (data === WANTED && key) lending.postMessage({ key });
  };
}

/** What `act` gives; where it needs a key, once more with one that another open page has. */
export async function withKey(act) {
  try {
    return await act();
  } catch (error) {
    if (error.status !== 401 || key || !(await borrowed())) throw error;
    return act();
  }
}

function borrowed() {
  const channel = new BroadcastChannel("key");
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      if (!data.key) return;
      keep(data.key);
      resolve(true);
    };
    channel.postMessage(WANTED);
    setTimeout(resolve, PATIENCE_MS, false);
  }).finally(() => channel.close());
}

export class Problem extends Error {
  constructor(document) {
    super(document.detail || document.title);
    this.status = document.status;
    this.title = document.title;
    this.errors = document.errors || [];
  }
}

/** The JSON that a call answers with; throws Problem. */
export async function call(path, options = {}) {
  const headers = { Accept: "application/json" };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (options.body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ status: 0, title: "The server cannot be reached", detail: "Is it running?" });
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  throw new Problem(answer || { status: response.status, title: response.statusText || "No answer" });
}

/** An element with properties and children; strings become text, never markup. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (property in made) made[property] = value;
    else made.setAttribute(property, value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

/** A problem as a card that says what to do. */
export function problemCard(problem) {
  const remedies = problem.errors
    .filter((one) => one.remedy)
    .map((one) => element("li", {}, `${one.place}: ${one.reason}. ${one.remedy}`));
  return element(
    "div",
    { className: "card reply failed" },
    element("h2", {}, problem.title || "Something went wrong"),
    element("p", { className: "words" }, problem.message),
    remedies.length ? element("ul", { className: "quiet" }, ...remedies) : null,
  );
}

/**
 * The text's parts between its spans, which are {start, end} in code points, in any order.
 * Each part is {text, span}, with span null outside; where spans overlap, the first counts.
 */
export function parts(text, spans, offset = 0) {
  const points = Array.from(text);
  const found = [];
  let at = 0;
  const add = (end, span) => {
    if (end > at) found.push({ text: points.slice(at, end).join(""), span });
    at = Math.max(at, end);
  };
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    add(Math.min(span.start - offset, points.length), null);
    add(Math.min(span.end - offset, points.length), span);
  }
  add(points.length, null);
  return found;
}
