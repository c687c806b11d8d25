// A card's fields: each with its value, where that came from, and what is missing.

import { make, said } from "./make.js";

/** @import { Parameter, Source } from "./types.js" */

/** @param {Parameter[]} parameters */
export function fields(parameters) {
  return parameters.map((parameter) => {
    const { name, schema, required, source, alternatives = [] } = parameter;
    const about = `about-${name}`;
    const missing = required && !filled(parameter);
    const others = alternatives.map((one) => `${one.value} (${from(one.source)})`).join(", ");
    return make("p", { className: "field" },
      make("label", { htmlFor: `field-${name}` }, said(schema.title ?? name)),
      control(parameter, { id: `field-${name}`, name, "aria-describedby": about,
        "aria-required": required, "aria-invalid": missing }),
      make("span", { id: about, className: missing ? "stale" : "quiet" },
        missing ? "Missing" : source ? from(source) : required ? "" : "optional",
        others && make("span", {}, "; there is also ", said(others))));
  });
}

/**
 * What the form says, each as its parameter wants it; throws where it is no number or no JSON.
 * @param {HTMLFormElement} form
 * @param {Parameter[]} parameters
 */
export function values(form, parameters) {
  /** @type {Record<string, any>} */
  const found = {};
  for (const { name, schema } of parameters) {
    const { value } = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    if (value.trim()) found[name] = read(value.trim(), schema);
  }
  return found;
}

/** @param {Parameter} parameter */
function filled({ value }) {
  return value !== undefined && value !== null;
}

/** @param {Parameter} parameter @param {Record<string, unknown>} properties */
function control(parameter, properties) {
  const { schema } = parameter;
  const value = filled(parameter) ? written(parameter.value) : "";
  const listed = schema.enum ?? (schema.type === "boolean" ? [true, false] : null);
  if (!listed) return make("input", { autocomplete: "off", dir: "auto", ...properties, value });
  return make("select", properties, ...["", ...listed.map(written)].map((one) =>
    make("option", { value: one, selected: one === value }, one)));
}

/** @param {any} value */
function written(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** @param {string} text @param {Record<string, any>} schema */
function read(text, schema) {
  const named = schema.enum?.find((/** @type {any} */ one) => written(one) === text);
  if (named !== undefined) return named;
  if (!schema.type || schema.type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${schema.title ?? "A field"}: this is no ${schema.type}.`);
  }
}

/** Where a value came from, in words. @param {Source} source */
function from({ kind, field, action }) {
  if (kind === "turn") return "from what was said";
  if (kind === "customer") return `from the customer's record: ${field}`;
  if (kind === "action") return `from ${action}: ${field}`;
  return "given by you";
}
