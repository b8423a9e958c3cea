/** A name that comes from the visitor: it may be right-to-left, and of any length. */
export function Name({ text = "" }: { text: string | undefined }) {
  return (
    <bdi class="cut" title={text}>
      {text}
    </bdi>
  );
}
