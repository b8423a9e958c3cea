import { useId } from "preact/hooks";
import { text } from "../../text";
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
          {text.model.files}
          <FilePicker id={`${id}-files`} hintId={id} multiple testId="model-files" onFiles={pick} />
        </label>
        <label for={`${id}-folder`}>
          {text.model.folder}
          <FilePicker id={`${id}-folder`} hintId={id} isFolder testId="model-folder" onFiles={pick} />
        </label>
      </div>
      <small id={id} class="muted">
        {text.model.filesHint}
      </small>
    </div>
  );
}
