import type { ImportPlan, Inspection } from "../../protocol";
import { MAX_PREVIEW_COLUMNS } from "../../settings";
import { text } from "../../text";
import { Name } from "../../ui/name";
import { ROLES, type Role, roleOf, withRole } from "./column_roles";

interface PreviewTableProps {
  inspection: Inspection;
  plan: ImportPlan;
  onPlan: (plan: ImportPlan) => void;
}

/** The first rows of a file, with the role of each column above it. */
export function PreviewTable({ inspection, plan, onPlan }: PreviewTableProps) {
  const { columns, preview } = inspection;
  // Of very many columns, the first and those with a guessed role are shown.
  const shown = columns
    .map((_, columnIdx) => columnIdx)
    .filter((columnIdx) => columnIdx < MAX_PREVIEW_COLUMNS || roleOf(inspection.plan, columnIdx) !== null);
  return (
    <>
      <section
        class="preview-scroller"
        aria-label={text.pairs.firstRows}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
        tabIndex={0}
      >
        <table class="preview small">
          <thead>
            <tr>
              {shown.map((columnIdx) => (
                <th key={columnIdx} scope="col" class={roleOf(plan, columnIdx) === null ? "" : "is-used"}>
                  <Name text={columns[columnIdx]?.name} />
                  <RoleSelect
                    columnName={columns[columnIdx]?.name ?? ""}
                    role={roleOf(plan, columnIdx)}
                    onRole={(role) => onPlan(withRole(plan, columnIdx, role))}
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.map((cells, rowIdx) => (
              <tr key={rowIdx}>
                {shown.map((columnIdx) => (
                  <td key={columnIdx} class={roleOf(plan, columnIdx) === null ? "muted" : ""}>
                    <span class="cut-lines" dir="auto">
                      {cells[columnIdx] ?? ""}
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {shown.length < columns.length && (
        <p class="muted small">{text.pairs.columnsNotShown(columns.length - shown.length, columns.length)}</p>
      )}
    </>
  );
}

interface RoleSelectProps {
  columnName: string;
  role: Role | null;
  onRole: (role: Role | null) => void;
}

/** A role that is chosen for one column is taken from the column that had it. */
function RoleSelect({ columnName, role, onRole }: RoleSelectProps) {
  return (
    <select
      aria-label={text.pairs.whatIs(columnName)}
      data-testid="column-role"
      value={role ?? ""}
      onChange={(event) => {
        const { value } = event.currentTarget;
        onRole(ROLES.find((name) => name === value) ?? null);
      }}
    >
      <option value="">{text.pairs.notUsed}</option>
      {ROLES.map((name) => (
        <option key={name} value={name}>
          {text.ui.ofPair[name]}
        </option>
      ))}
    </select>
  );
}
