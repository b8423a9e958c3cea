import { text } from "../text";
import { Name } from "./name";

/** Number of `--class-…` colours in the style sheet. */
const N_COLOURS = 6;

/** Each colour is also used darker and lighter, which gives three times as many. */
const SHADES = ["var(--text) 38%", "var(--surface) 45%"] as const;

/** The colour that stands for a class, the same everywhere on the page. With many classes some share one. */
export function classColour(classIdx: number): string {
  const colour = `var(--class-${classIdx % N_COLOURS})`;
  const lap = Math.floor(classIdx / N_COLOURS) % (SHADES.length + 1);
  return lap === 0 ? colour : `color-mix(in srgb, ${colour}, ${SHADES[lap - 1]})`;
}

/** The name of a class, or its number if no corpus names it. */
export function classLabel(classes: readonly string[], classIdx: number): string {
  return classes[classIdx] ?? text.ui.unnamedClass(classIdx + 1);
}

/** A class by colour and by name: never by colour alone. */
export function ClassName({ classes, classIdx }: { classes: readonly string[]; classIdx: number }) {
  const name = classLabel(classes, classIdx);
  return (
    <span class="class-name">
      <span class="class-dot" style={{ background: classColour(classIdx) }} aria-hidden="true" />
      <Name text={name} />
    </span>
  );
}
