import { describe, expect, it } from 'vitest';
import { fillGaps, MINUTE_MS } from '../../../webui/state/history-gaps.ts';

const at = (minute: number) => ({ at: minute * MINUTE_MS, value: minute });

describe('figures over time', () => {
  it('have a gap where nothing was measured', () => {
    const filled = fillGaps([at(1), at(2), at(5)], MINUTE_MS);
    expect(filled).toEqual([at(1), at(2), { at: 3 * MINUTE_MS }, at(5)]);
  });

  it('have none where each minute is there, even a little late', () => {
    const points = [at(1), { at: 2 * MINUTE_MS + 400, value: 2 }, at(3)];
    expect(fillGaps(points, MINUTE_MS)).toEqual(points);
    expect(fillGaps([], MINUTE_MS)).toEqual([]);
  });
});
