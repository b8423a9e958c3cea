import type { TargetedEvent } from "preact";
import { useId } from "preact/hooks";
import { type LocalFile, pickedFiles } from "./local_files";

/** JSX doesn't know this attribute. In a browser without it, files can be picked instead. */
const pickFolders = (input: HTMLInputElement | null) => {
  if (input !== null) input.webkitdirectory = true;
};

/** A model from the visitor's own disk. */
export function FileModel({ onFiles }: { onFiles: (files: readonly LocalFile[]) => void }) {
  const id = useId();
  const pick = (event: TargetedEvent<HTMLInputElement>) => {
    const input = event.currentTarget;
    const files = pickedFiles(input.files ?? []);
    if (files.length > 0) onFiles(files);
    // The same files can be chosen again after they were corrected.
    input.value = "";
  };
  return (
    <div class="stack-tight">
      <div class="file-pickers">
        <label for={`${id}-files`}>
          Files or a zip
          <input
            id={`${id}-files`}
            type="file"
            multiple
            data-testid="model-files"
            aria-describedby={id}
            onChange={pick}
          />
        </label>
        <label for={`${id}-folder`}>
          A folder
          <input
            id={`${id}-folder`}
            type="file"
            ref={pickFolders}
            data-testid="model-folder"
            aria-describedby={id}
            onChange={pick}
          />
        </label>
      </div>
      <small id={id} class="muted">
        Or drop them anywhere on this panel: config.json, model.safetensors (or its parts with their index), and
        tokenizer.json or vocab.txt; a sentence-transformers folder with what belongs to it. They are read in this tab
        and sent nowhere.
      </small>
    </div>
  );
}
