// Lines of the bench's table: what was measured, against what, and whether the goal is met.

import { median, quotients } from "./rounds.mjs";

export const COLUMNS = ["figure", "ours", "peer", "ratio", "spread", "goal", ""];

const NOT_RUN = "not run";

/**
 * Ours against a peer. `ours` and `peer` are samples of the same rounds in `unit`; the goal is of their quotient.
 * Without a peer's samples `why` says why.
 */
export function againstPeer({ figure, unit, ours, peer, peerName, why, goal }) {
  if (ours.length === 0) return notRun({ figure, why, goal, goalUnit: "×" });
  if (peer.length === 0)
    return { figure, ours: quantity(median(ours), unit), peer: NOT_RUN, goal: shown(goal, "×"), why };
  const ratios = quotients(ours, peer);
  return {
    figure,
    ours: quantity(median(ours), unit),
    peer: `${peerName} ${quantity(median(peer), unit)}`,
    ratio: digits(median(ratios)),
    spread: range(ratios),
    goal: shown(goal, "×"),
    verdict: verdict(median(ratios), goal),
  };
}

/** Ours alone; the goal is of the figure itself. */
export function alone({ figure, unit, ours, goal, why }) {
  if (ours.length === 0) return notRun({ figure, why, goal, goalUnit: ` ${unit}` });
  return {
    figure,
    ours: quantity(median(ours), unit),
    spread: range(ours),
    goal: shown(goal, ` ${unit}`),
    verdict: verdict(median(ours), goal),
  };
}

export function notRun({ figure, why, goal, goalUnit }) {
  return { figure, ours: NOT_RUN, goal: shown(goal, goalUnit), why };
}

function verdict(value, goal) {
  if (goal === undefined) return "";
  const isMet = "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
  return isMet ? "met" : "missed";
}

function shown(goal, unit) {
  if (goal === undefined) return "";
  return "atLeast" in goal ? `≥ ${goal.atLeast}${unit}` : `≤ ${goal.atMost}${unit}`;
}

/** Smallest and largest; one sample has no spread. */
function range(values) {
  return values.length > 1 ? `${digits(Math.min(...values))}–${digits(Math.max(...values))}` : "one run";
}

export function quantity(value, unit) {
  return unit === "" ? digits(value) : `${digits(value)} ${unit}`;
}

/** Three digits that count, and never an exponent. */
export function digits(value) {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
