// Who the customer is, as the desk knows it: name, facts of the record, last contacts.

import { call, element } from "/pages/client.js";

const CHANNELS = new Set(["call", "chat", "mail", "visit"]);
const CONTACTS = 3;
// What of a record helps in a conversation; the rest of it stays in the customer's file.
const FACTS = ["tier", "category", "district", "company", "since"];
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });

/** The customer and their last contacts; null where the store does not have them. */
export async function lookUp(customerId) {
  if (!customerId) return null;
  const path = `/v1/customers/${encodeURIComponent(customerId)}`;
  try {
    const [customer, timeline] = await Promise.all([
      call(path), call(`${path}/timeline?limit=${CONTACTS}`),
    ]);
    return { ...customer, contacts: timeline.interactions };
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/pages/desk-icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export function avatar(name) {
  const words = name.split(/\s+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0]);
  return element(
    "span", { className: "avatar", "aria-hidden": "true" }, letters.join("").toUpperCase(),
  );
}

/** What of the record helps now, in a line, and what colleagues noted. */
export function facts(customer) {
  const { attributes } = customer;
  const told = FACTS.filter((name) => attributes[name]).map((name) => fact(name, attributes[name]));
  return [
    told.length ? element("p", { className: "quiet facts" }, told.join(" · ")) : null,
    attributes.notes ? element("p", { className: "noted" }, String(attributes.notes)) : null,
  ].filter(Boolean);
}

function fact(name, value) {
  if (name === "since") return `customer since ${String(value).slice(0, 4)}`;
  return ["tier", "company"].includes(name) ? String(value) : `${name} ${value}`;
}

/** The last contacts as a list; each with its channel, its day and what came of it. */
export function contacts(list) {
  return list.map(({ channel, started_at, subject, outcome }) => element(
    "li",
    {},
    icon(CHANNELS.has(channel) ? channel : "other"),
    element("span", { className: "unseen" }, `${channel}: `),
    element("span", { className: "subject" }, subject ?? channel),
    element("span", { className: "quiet" }, [DAY.format(new Date(started_at)), outcome]
      .filter(Boolean).join(" · ")),
  ));
}
