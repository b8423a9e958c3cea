import { useId } from "preact/hooks";
import { FilePicker } from "../../ui/file_picker";
import { type LocalFile, pickedFiles } from "./local_files";

/** A model from the visitor's own disk. */
export function FileModel({ onFiles }: { onFiles: (files: readonly LocalFile[]) => void }) {
  const id = useId();
  const pick = (files: FileList) => onFiles(pickedFiles(files));
  return (
    <div class="stack-tight">
      <div class="file-pickers">
        <label for={`${id}-files`}>
          Files or a zip
          <FilePicker id={`${id}-files`} hintId={id} multiple testId="model-files" onFiles={pick} />
        </label>
        <label for={`${id}-folder`}>
          A folder
          <FilePicker id={`${id}-folder`} hintId={id} isFolder testId="model-folder" onFiles={pick} />
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
