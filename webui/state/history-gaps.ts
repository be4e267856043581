/** Figures that were not measured, because no server ran, leave a gap in a line instead of a bridge over it. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

interface Timed {
  readonly at: number;
}

/** Puts an empty point after the last one before a gap. @param points rising, one for each `stepMs` */
export function fillGaps<T extends Timed>(points: readonly T[], stepMs: number): (T | Timed)[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    return next !== undefined && next.at - point.at > stepMs * 1.5 ? [point, { at: point.at + stepMs }] : [point];
  });
}
