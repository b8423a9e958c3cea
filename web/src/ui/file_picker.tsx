interface FilePickerProps {
  id: string;
  /** Of the text below it. */
  hintId: string;
  testId: string;
  /** Endings that it offers first. */
  accept?: string;
  multiple?: boolean;
  /** A whole folder is picked. In a browser that can't do that, files are picked instead. */
  isFolder?: boolean;
  onFiles: (files: FileList) => void;
}

/** Lets the visitor pick files. The same ones can be picked again after they were corrected. */
export function FilePicker({ id, hintId, testId, accept, multiple, isFolder = false, onFiles }: FilePickerProps) {
  return (
    <input
      id={id}
      type="file"
      accept={accept}
      multiple={multiple}
      // JSX doesn't know the attribute for folders.
      ref={(input) => {
        if (input !== null) input.webkitdirectory = isFolder;
      }}
      data-testid={testId}
      aria-describedby={hintId}
      onChange={({ currentTarget: input }) => {
        if (input.files?.length) onFiles(input.files);
        input.value = "";
      }}
    />
  );
}
