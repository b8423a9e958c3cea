/** As many colours as the style sheet has; corpora with more classes start over. */
const N_COLOURS = 6;

/** The colour that stands for a class, the same everywhere on the page. */
export function classColour(classIdx: number): string {
  return `var(--class-${classIdx % N_COLOURS})`;
}

/** A class's name, or its number where no corpus says what it is called. */
export function classLabel(classes: string[], classIdx: number): string {
  return classes[classIdx] ?? `class ${classIdx + 1}`;
}

/** A class by colour and by name: never by colour alone. */
export function ClassName({ classes, classIdx }: { classes: string[]; classIdx: number }) {
  return (
    <span class="class-name">
      <span class="class-dot" style={{ background: classColour(classIdx) }} aria-hidden="true" />
      {classLabel(classes, classIdx)}
    </span>
  );
}
