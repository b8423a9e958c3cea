import type { ButtonHTMLAttributes } from "preact";

/** A button beside text: outlined, and lower than one that stands alone. */
export function SmallButton(attributes: ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="button" class="outline small-button" {...attributes} />;
}
