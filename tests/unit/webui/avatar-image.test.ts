import { describe, expect, it } from 'vitest';
import { cropSquare } from '../../../webui/platform/avatar-image.ts';

const photo = { width: 400, height: 200 };

describe('the part of a photo', () => {
  it.each([
    ['the middle, as large as fits', { centerX: 0.5, centerY: 0.5, zoom: 1 }, { x: 100, y: 0, side: 200 }],
    ['closer', { centerX: 0.5, centerY: 0.5, zoom: 2 }, { x: 150, y: 50, side: 100 }],
    ['stays inside at the corner', { centerX: 1, centerY: 0, zoom: 2 }, { x: 300, y: 0, side: 100 }],
    ['is never larger than the photo', { centerX: 0.5, centerY: 0.5, zoom: 0.1 }, { x: 100, y: 0, side: 200 }],
  ])('%s', (_what, crop, expected) => {
    expect(cropSquare(photo, crop)).toEqual(expected);
  });
});
