// Contenders by turns, and what is told of their samples.

import { setTimeout as pause } from "node:timers/promises";
import { PAUSE_MILLIS } from "./settings.mjs";

/**
 * Run every contender once a round: ours, peer, ours, peer. Each is a function that resolves to a number; one that
 * fails is left out from then on. With `warmUp` each runs once before, which doesn't count.
 *
 * Returns `samples`, the numbers of each contender by its name, and `failures`, messages.
 */
export async function alternate(contenders, { nRounds, warmUp = false, onSample = () => {} }) {
  const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  const failures = {};
  for (let round = warmUp ? 0 : 1; round <= nRounds; round += 1) {
    for (const [name, measure] of Object.entries(contenders)) {
      if (name in failures) continue;
      try {
        const value = await measure();
        if (round > 0) {
          samples[name].push(value);
          onSample(name, round, value);
        }
      } catch (fault) {
        failures[name] = firstLine(fault);
        samples[name] = [];
      }
      await pause(PAUSE_MILLIS);
    }
  }
  return { samples, failures };
}

/** What a table has room for. */
export function firstLine(fault) {
  const text = String(fault?.message ?? fault);
  return text.replace(/^page\.evaluate: (Error: )?/, "").split("\n")[0];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Ours over the peer's, round by round: both of a round met the same machine. */
export function quotients(ours, peer) {
  return ours.map((value, round) => value / peer[round]);
}
