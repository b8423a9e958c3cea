/**
 * The address as the experiment: place, settings and the name of the model, never the data. `#/train?freeze=last-2&seed=7`
 * sets all of it in another browser; what is not named is as offered.
 */

import {
  fieldsOf,
  formOf,
  isOn,
  type Offer,
  readForm,
  type SettingsForm,
  switchesOf,
  textIn,
} from "../features/train/form";
import { readModelId } from "../hub/model_id";
import type { HubModel } from "../protocol";
import { addressOf, type Place } from "./places";

/** What a link says besides the place. */
export interface Link {
  form: SettingsForm;
  /** A model of the hub. */
  hub: HubModel | null;
  /** Names of a model and of pairs that were the visitor's own, which no link can bring. */
  ownModel: string | null;
  ownPairs: string | null;
  /** Names in the link that mean nothing here. */
  unknown: readonly string[];
}

const FREEZE = "freeze";
const HUB = "model";
const OWN_MODEL = "own-model";
const OWN_PAIRS = "own-pairs";

/** Of everything that a link can say, what differs from the offer. */
export function paramsOf(
  form: SettingsForm,
  offer: Offer,
  { hub, ownModel, ownPairs }: Omit<Link, "form" | "unknown">,
): URLSearchParams {
  const params = new URLSearchParams();
  const defaults = formOf(offer.default_config);
  const info = offer.freeze_strategies.find(({ kind }) => kind === form.freeze);
  const isOther = form.freeze !== defaults.freeze || (form.freeze === "all_but_last" && form.nLast !== defaults.nLast);
  if (isOther && info !== undefined) {
    params.set(FREEZE, form.freeze === "all_but_last" ? `${info.flag}-${form.nLast}` : info.flag);
  }
  const { faults } = readForm(form, offer);
  for (const spec of fieldsOf(offer)) {
    const text = textIn(form, spec).trim();
    const isWrong = Object.hasOwn(faults, spec.name);
    if (!isWrong && text !== textIn(defaults, spec)) params.set(spec.name, text);
  }
  for (const setting of switchesOf(offer)) {
    if (isOn(form, setting, offer) !== isOn(defaults, setting, offer)) {
      params.set(setting.name, isOn(form, setting, offer) ? "yes" : "no");
    }
  }
  if (hub !== null) params.set(HUB, `${hub.id}@${hub.revision}`);
  if (ownModel !== null) params.set(OWN_MODEL, ownModel);
  if (ownPairs !== null) params.set(OWN_PAIRS, ownPairs);
  return params;
}

export function hashOf(place: Place, params: URLSearchParams): string {
  const text = params.toString();
  return text === "" ? addressOf(place) : `${addressOf(place)}?${text}`;
}

/** The link in the address; null if it names nothing but a place. */
export function linkIn(hash: string, offer: Offer): Link | null {
  const start = hash.indexOf("?");
  const params = new URLSearchParams(start < 0 ? "" : hash.slice(start + 1));
  if (params.size === 0) return null;
  let form = formOf(offer.default_config);
  const unknown: string[] = [];
  const link = { hub: null as Link["hub"], ownModel: null as string | null, ownPairs: null as string | null };
  const names = new Set<string>(fieldsOf(offer).map(({ name }) => name));
  const switches = new Set<string>(switchesOf(offer).map(({ name }) => name));
  for (const [name, value] of params) {
    const freeze = name === FREEZE ? freezeIn(value, offer) : null;
    const [id = "", revision = ""] = value.split("@");
    const hub = name === HUB ? readModelId(id, revision).model : null;
    if (freeze !== null) form = { ...form, ...freeze };
    else if (names.has(name)) form = { ...form, numbers: { ...form.numbers, [name]: value } };
    else if (switches.has(name) && (value === "yes" || value === "no")) {
      form = { ...form, switches: { ...form.switches, [name]: value === "yes" } };
    } else if (hub !== null) link.hub = hub;
    else if (name === OWN_MODEL) link.ownModel = value;
    else if (name === OWN_PAIRS) link.ownPairs = value;
    else unknown.push(`${name}=${value}`);
  }
  return { form, ...link, unknown };
}

/** The strategy of a text such as "last-2"; null if it is none. */
function freezeIn(
  text: string,
  offer: Offer,
): Pick<SettingsForm, "freeze"> | Pick<SettingsForm, "freeze" | "nLast"> | null {
  const [, flag, n] = /^([a-z_]+)(?:-(\d{1,3}))?$/.exec(text) ?? [];
  const info = offer.freeze_strategies.find((strategy) => strategy.flag === flag);
  if (info === undefined) return null;
  return n === undefined ? { freeze: info.kind } : { freeze: info.kind, nLast: Math.max(1, Number(n)) };
}
