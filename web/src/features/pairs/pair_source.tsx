import { type Dispatch, useId } from "preact/hooks";
import { text } from "../../text";
import { FilePicker } from "../../ui/file_picker";
import { Radios } from "../../ui/radios";
import { SmallButton } from "../../ui/small_button";
import type { PairsAction } from "./state";

/** The chosen source and the pasted text, which is kept if an import fails. */
export interface SourceChoice {
  kind: "demo" | "file" | "paste";
  text: string;
  isOpen: boolean;
}

interface PairSourceChooserProps {
  choice: SourceChoice;
  onChoice: (choice: SourceChoice) => void;
  isDemoLoaded: boolean;
  /** There are no pairs: the visitor has to choose. */
  isNeeded: boolean;
  /** Why no other pairs can be brought in now; null if they can. */
  blocker: string | null;
  dispatch: Dispatch<PairsAction>;
}

/** What a file picker offers first. The format is detected from the content. */
const FILE_ENDINGS = ".tsv,.csv,.jsonl,.json,.txt";

/** What pasted text is called: spreadsheets put tabs between the cells that they copy. */
const PASTED_NAME = "pasted.tsv";

/** The three sources of pairs, one at a time. */
export function PairSourceChooser(props: PairSourceChooserProps) {
  const { choice, onChoice, isDemoLoaded, isNeeded, blocker, dispatch } = props;
  const { kind } = choice;
  return (
    <details
      class="more-settings"
      open={isNeeded || choice.isOpen}
      data-testid="pair-sources"
      onToggle={(event) => onChoice({ ...choice, isOpen: event.currentTarget.open })}
    >
      <summary>{text.pairs.other}</summary>
      <fieldset class="stack pair-source" disabled={blocker !== null}>
        <legend class="small muted">{text.pairs.whereFrom(blocker)}</legend>
        <div class="segments">
          <Radios options={text.pairs.sources} value={kind} onValue={(value) => onChoice({ ...choice, kind: value })} />
        </div>
        {kind === "demo" && (
          <DemoSource isLoaded={isDemoLoaded} onWant={() => dispatch({ type: "pairs/demo_wanted" })} />
        )}
        {kind === "file" && <FileSource dispatch={dispatch} />}
        {kind === "paste" && (
          <PasteSource
            pasted={choice.text}
            onText={(typed) => onChoice({ ...choice, text: typed })}
            dispatch={dispatch}
          />
        )}
      </fieldset>
    </details>
  );
}

function DemoSource({ isLoaded, onWant }: { isLoaded: boolean; onWant: () => void }) {
  return (
    <p class="button-row small">
      <span class="muted">{text.pairs.demo}</span>
      {!isLoaded && (
        <SmallButton data-testid="load-demo" onClick={onWant}>
          {text.pairs.loadDemo}
        </SmallButton>
      )}
    </p>
  );
}

function FileSource({ dispatch }: Pick<PairSourceChooserProps, "dispatch">) {
  const id = useId();
  return (
    <div class="stack-tight">
      <label class="visually-hidden" for={id}>
        {text.pairs.file}
      </label>
      <FilePicker
        id={id}
        accept={FILE_ENDINGS}
        testId="pair-file"
        hintId={`${id}-hint`}
        onFiles={([file]) => file && dispatch({ type: "pairs/brought", file: { name: file.name, blob: file } })}
      />
      <small id={`${id}-hint`} class="muted">
        {text.pairs.fileHint}
      </small>
    </div>
  );
}

interface PasteSourceProps extends Pick<PairSourceChooserProps, "dispatch"> {
  pasted: string;
  onText: (text: string) => void;
}

function PasteSource({ pasted, onText, dispatch }: PasteSourceProps) {
  const id = useId();
  const isBlank = pasted.trim() === "";
  return (
    <div class="stack-tight">
      <label class="visually-hidden" for={id}>
        {text.ui.pairs}
      </label>
      <textarea
        id={id}
        rows={5}
        class="paste"
        spellcheck={false}
        data-testid="pair-paste"
        placeholder={text.pairs.paste}
        value={pasted}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <p class="button-row small">
        <SmallButton
          data-testid="inspect-paste"
          disabled={isBlank}
          onClick={() => dispatch({ type: "pairs/brought", file: { name: PASTED_NAME, blob: new Blob([pasted]) } })}
        >
          {text.pairs.inspect}
        </SmallButton>
        <span class="muted">{text.pairs.pasteHint}</span>
      </p>
    </div>
  );
}
