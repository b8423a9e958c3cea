import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf, linkIn, paramsOf } from "../src/app/address";
import { placeOf } from "../src/app/places";
import { formOf, formOfPreset, PRESETS } from "../src/features/train/form";
import { READY } from "./ready";

const { kind: _, ...offered } = READY;
const offer = { ...offered, isOnGpu: false };
const form = formOf(offer.default_config);
const NAMES = { hub: null, ownModel: null, ownPairs: null };

test("an address names the place and what differs from the offer", () => {
  const address = (changed: typeof form) => hashOf("train", paramsOf(changed, offer, NAMES));
  assert.equal(address(form), "#/train");
  assert.equal(address({ ...form, numbers: { ...form.numbers, seed: "7", epochs: "0" } }), "#/train?seed=7");
  assert.equal(address(formOfPreset(PRESETS[1], offer)), "#/train?freeze=last-2");
  assert.equal(placeOf("#/compare?seed=7"), "compare");
  assert.equal(placeOf("#model"), "train");
});

test("a link sets in another tab what it was made from", () => {
  const changed = {
    freeze: "all_but_last" as const,
    nLast: 3,
    numbers: { ...form.numbers, seed: "7", head_learning_rate: "0.01", n_workers: "2" },
    switches: { ...form.switches, shuffle: false },
  };
  const hub = { id: "BAAI/bge-small-en-v1.5", revision: "main" };
  const names = { hub, ownModel: null, ownPairs: "mine & yours.tsv" };
  const link = linkIn(hashOf("explore", paramsOf(changed, offer, names)), offer);
  assert.deepEqual(link, { form: changed, ...names, unknown: [] });
});

test("what a link can't say is named, and does no harm", () => {
  const link = linkIn("#/train?freeze=nobody&seed=x&__proto__=1&model=https://x/%3Cb%3E&shuffle=maybe&last=1", offer);
  assert.deepEqual(link?.unknown, ["freeze=nobody", "__proto__=1", "model=https://x/<b>", "shuffle=maybe", "last=1"]);
  // The form says what is wrong with it.
  assert.equal(link?.form.numbers.seed, "x");
  assert.equal(linkIn("#/train", offer), null);
  assert.equal(linkIn("#/train?", offer), null);
});
