/** Draws only the visible rows of a long list: a hundred thousand would take the browser minutes. */

import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

/** Rows that are drawn beyond each edge, to be scrolled or tabbed to before the next are drawn. */
const OVERSCAN = 6;

export interface VirtualRows {
  /** Positions in the list of the rows to draw, in order and without gaps. */
  shown: readonly number[];
  /** Pixels of the rows before and after them. */
  before: number;
  after: number;
  /** Ref of each row, which carries its position as `data-index`. */
  measure: (row: HTMLElement | null) => void;
}

/**
 * The rows to draw of a list that `scroller` scrolls.
 *
 * `keys` names the rows, each once: a row's height is kept under its key while others are filtered away.
 */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  keys: readonly number[],
  estimatedHeight: number,
): VirtualRows {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  const hadFocus = useRef(false);
  const options = {
    count: keys.length,
    getItemKey: useCallback((position: number) => keys[position] ?? -1, [keys]),
    getScrollElement: () => scroller.current,
    estimateSize: () => estimatedHeight,
    overscan: OVERSCAN,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => {
      hadFocus.current = scroller.current?.contains(document.activeElement) ?? false;
      redraw();
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());

  // Another filter shows another list, from its beginning.
  useLayoutEffect(() => virtualizer.scrollToOffset(0), [keys]);

  // If the focused row was scrolled out of sight, the list gets the focus, so that keys still scroll it.
  useLayoutEffect(() => {
    const isLost = hadFocus.current && !scroller.current?.contains(document.activeElement);
    hadFocus.current = false;
    if (isLost) scroller.current?.focus({ preventScroll: true });
  });

  const items = virtualizer.getVirtualItems();
  return {
    shown: items.map(({ index }) => index),
    before: items[0]?.start ?? 0,
    after: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
    measure: virtualizer.measureElement,
  };
}
