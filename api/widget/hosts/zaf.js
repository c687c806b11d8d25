// A client of the Zendesk Apps framework (ZAF v2), for a page that has not loaded Zendesk's SDK: the
// four calls of `ZAFClient.init()` that an adapter needs. The messages are those of the published
// SDK (zendesk/zendesk_app_framework_sdk, lib/client.js, Apache-2.0): JSON strings to the framing
// window, `iframe.handshake` answered by `zaf.app.registered`, requests answered under their `id`.

import { fields, wire } from "./origin.js";

/**
 * @typedef {{
 *   get(paths: string[]): Promise<Record<string, unknown>>,
 *   invoke(name: string, ...given: unknown[]): Promise<unknown>,
 *   on(name: string, heard: (message: any) => void): void,
 *   request(options: Record<string, unknown>): Promise<unknown>,
 * }} Framework
 */

// What the SDK says of itself in its handshake; its wire is the same throughout version 2.
const VERSION = "2.0.0";

/**
 * @param {{window: Window, origin: string, guid: string, signal: AbortSignal}} app
 * @returns {Framework}
 */
export function framework({ window, origin, guid, signal }) {
  /** @type {Map<number, {done: (result: any) => void, fail: (reason: unknown) => void}>} */
  const waiting = new Map();
  /** @type {Map<string, ((message: any) => void)[]>} */
  const listening = new Map();
  let count = 0;
  /** @param {Record<string, unknown>} message */
  const post = (message) =>
    send(JSON.stringify({ ...message, appGuid: guid, instanceGuid: guid }));
  /** @type {(value?: unknown) => void} */
  let register;
  const registered = new Promise((resolve) => (register = resolve));
  const send = wire({ window, peer: window.parent, origin, signal }, (data) => {
    const { id, key, message, result, error } = fields(data);
    const call = waiting.get(id);
    if (call) {
      waiting.delete(id);
      if (error) call.fail(new Error(error.message ?? String(error)));
      else call.done(result);
    } else if (typeof key === "string" && key.startsWith("zaf.")) {
      if (key === "zaf.app.registered") register();
      for (const heard of listening.get(key.slice("zaf.".length)) ?? []) heard(message);
    }
  });

  /** @type {Framework["on"]} */
  const on = (name, heard) => {
    listening.set(name, [...(listening.get(name) ?? []), heard]);
    const subscriberCount = listening.get(name)?.length;
    registered.then(() => post({ key: `iframe.on:${name}`, message: { subscriberCount } }));
  };
  /**
   * @param {"get" | "invoke"} request
   * @param {unknown} params
   * @returns {Promise<any>}
   */
  const ask = async (request, params) => {
    await registered;
    const id = ++count;
    return new Promise((done, fail) => {
      waiting.set(id, { done, fail });
      post({ id, request, params });
    });
  };

  post({ key: "iframe.handshake", message: { version: VERSION } });
  return {
    on,
    get: (paths) => ask("get", paths),
    invoke: async (name, ...given) => {
      const result = await ask("invoke", { [name]: given });
      const refused = result?.errors?.[name];
      if (refused) throw new Error(refused.message ?? String(refused));
      return result;
    },
    request: (options) =>
      new Promise((done, fail) => {
        const key = `request:${++count}`;
        on(`${key}.done`, ({ responseArgs }) => done(responseArgs[0]));
        on(`${key}.fail`, () => fail(new Error(`Zendesk could not reach ${options.url}`)));
        registered.then(() => post({ key, message: options }));
      }),
  };
}
