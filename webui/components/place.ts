/** Where something that floats goes: beside what it belongs to, and inside the window. */

export interface Placement {
  readonly align: 'start' | 'center' | 'end';
  readonly gapPx: number;
  /** Above, when there is room for it. */
  readonly isAbove?: boolean;
}

const MARGIN_PX = 8;

/** `floating` is shown already, so that its size is known. */
export function placeBeside(floating: HTMLElement, anchor: DOMRect, { align, gapPx, isAbove }: Placement): void {
  const { width, height } = floating.getBoundingClientRect();
  const room = { width: document.documentElement.clientWidth, height: document.documentElement.clientHeight };
  const below = anchor.bottom + gapPx;
  const above = anchor.top - gapPx - height;
  const fitsBelow = below + height <= room.height - MARGIN_PX;
  const top = (isAbove === true ? above >= MARGIN_PX || !fitsBelow : !fitsBelow && above >= MARGIN_PX) ? above : below;
  const starts = { start: anchor.left, center: anchor.left + (anchor.width - width) / 2, end: anchor.right - width };
  floating.style.left = `${clamp(starts[align], room.width - width)}px`;
  floating.style.top = `${clamp(top, room.height - height)}px`;
}

const clamp = (value: number, limit: number): number => Math.max(MARGIN_PX, Math.min(value, limit - MARGIN_PX));
