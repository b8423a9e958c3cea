import { type Dispatch, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PastRun } from "../../storage/run_history";
import { text } from "../../text";
import { Name } from "../../ui/name";
import { SmallButton } from "../../ui/small_button";
import { COLUMNS, type Column, type Sort } from "./columns";
import type { CompareAction } from "./state";
import type { CompareActions } from "./use_compare";

interface RunTableProps {
  /** As they are to be shown. */
  runs: readonly PastRun[];
  sort: Sort;
  selected: readonly string[];
  actions: Pick<CompareActions, "rename" | "delete">;
  onRepeat: (past: PastRun) => void;
  dispatch: Dispatch<CompareAction>;
}

/** The finished runs. */
export function RunTable({ runs, sort, selected, actions, onRepeat, dispatch }: RunTableProps) {
  const box = useRef<HTMLElement>(null);
  const [renamed, setRenamed] = useState<string | null>(null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="scroll-box runs-box" aria-label={text.ui.runs} tabIndex={0} ref={box} data-testid="past-runs">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">{text.compare.compared}</span>
            </th>
            {COLUMNS.map((column) => (
              <SortableHead
                key={column.id}
                column={column}
                sort={sort}
                onSort={() => dispatch({ type: "compare/sorted", column: column.id })}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((past) => {
            const { id, name } = past;
            const isSelected = selected.includes(id);
            return (
              <tr key={id} class={isSelected ? "is-selected" : undefined} data-testid="past-run">
                <td>
                  <input
                    type="checkbox"
                    aria-label={text.compare.compareNamed(name)}
                    checked={isSelected}
                    onChange={({ currentTarget: { checked } }) =>
                      dispatch({ type: "compare/selected", id, isSelected: checked })
                    }
                  />
                </td>
                {COLUMNS.map((column) =>
                  column.id === "name" ? (
                    <th scope="row" key={column.id} class="run-name">
                      {renamed === id ? (
                        <NameField
                          name={name}
                          onName={(given) => {
                            setRenamed(null);
                            if (given !== null && given !== name) actions.rename(id, given);
                          }}
                        />
                      ) : (
                        <Name text={name} />
                      )}
                      <div class="run-actions">
                        <SmallButton aria-label={text.compare.renameNamed(name)} onClick={() => setRenamed(id)}>
                          {text.compare.rename}
                        </SmallButton>
                        <SmallButton aria-label={text.compare.repeatNamed(name)} onClick={() => onRepeat(past)}>
                          {text.compare.repeat}
                        </SmallButton>
                        <SmallButton
                          aria-label={text.ui.deleteNamed(name)}
                          onClick={() => {
                            actions.delete(id);
                            // The button goes with its row.
                            box.current?.focus({ preventScroll: true });
                          }}
                        >
                          {text.ui.delete}
                        </SmallButton>
                      </div>
                    </th>
                  ) : (
                    <Cell key={column.id} column={column} past={past} />
                  ),
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function SortableHead({ column, sort, onSort }: { column: Column; sort: Sort; onSort: () => void }) {
  const direction = sort.column !== column.id ? undefined : sort.isDescending ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={direction} class={column.isNumber ? "is-number" : undefined}>
      <button type="button" class="sort-button" onClick={onSort}>
        {column.title}
        <span aria-hidden="true">{direction === undefined ? "" : direction === "descending" ? " ▾" : " ▴"}</span>
      </button>
    </th>
  );
}

function Cell({ column, past }: { column: Column; past: PastRun }) {
  const note = column.note?.(past) ?? "";
  return (
    <td class={column.isNumber ? "is-number" : undefined}>
      {column.id === "model" ? <Name text={column.text(past)} /> : column.text(past)}
      {note !== "" && <small class="muted">{note}</small>}
    </td>
  );
}

/** Enter takes the name, Escape leaves it, and so does an empty field. */
function NameField({ name, onName }: { name: string; onName: (given: string | null) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const isOver = useRef(false);
  const end = (given: string | null) => {
    // A field that goes loses the focus too.
    if (isOver.current) return;
    isOver.current = true;
    onName(given?.trim() || null);
  };
  return (
    <input
      type="text"
      aria-label={text.compare.nameOf(name)}
      data-testid="run-name"
      maxLength={80}
      ref={field}
      defaultValue={name}
      onKeyDown={({ key, currentTarget: { value } }) => {
        if (key === "Enter") end(value);
        if (key === "Escape") end(null);
      }}
      onBlur={({ currentTarget: { value } }) => end(value)}
    />
  );
}
