/** What the colour of a point says. */

import { text } from "../../text";
import { classColour, classLabel } from "../../ui/class_name";
import type { EncodedSet } from "./embedding_state";

export type Colouring = keyof typeof text.explore.colourings;

/** What the sentences of a set can be told apart by. */
export function colouringsOf({ source, classes }: EncodedSet): Colouring[] {
  if (source === "lines") return ["none"];
  return classes.length > 0 ? ["class", "split", "pair"] : ["split", "pair"];
}

export interface Tone {
  name: string;
  /** As a style sheet has it. */
  colour: string;
}

const OTHERS: Tone = { name: "", colour: "var(--muted)" };

/** The tones, and which of them each sentence has. */
export function tonesOf({ sentences, classes }: EncodedSet, colouring: Colouring) {
  switch (colouring) {
    case "class": {
      const tones = classes.map((_, idx) => ({ name: classLabel(classes, idx), colour: classColour(idx) }));
      const isMissing = sentences.some(({ label }) => label === null);
      return {
        tones: isMissing ? [...tones, { ...OTHERS, name: text.explore.withoutClass }] : tones,
        toneOf: Uint16Array.from(sentences, ({ label }) => label ?? tones.length),
      };
    }
    case "split":
      return {
        tones: [
          { name: text.ui.splits.train, colour: "var(--class-3)" },
          { name: text.ui.splits.held_out, colour: "var(--class-1)" },
        ],
        toneOf: Uint16Array.from(sentences, ({ split }) => Number(split === "held_out")),
      };
    case "pair":
      return { tones: [OTHERS], toneOf: new Uint16Array(sentences.length) };
    case "none":
      return { tones: [{ name: "", colour: "var(--curve-line)" }], toneOf: new Uint16Array(sentences.length) };
  }
}
