import { describe, expect, it } from 'vitest';
import { browserKindOf, failureOf, isDoubtful, isUsable } from '../../../webui/platform/notifications/push-rules.ts';

const DAY_MS = 24 * 60 * 60_000;
const NOW = 1_800_000_000_000;
const KEY = Uint8Array.of(4, 1, 2, 3);

const subscription = (applicationServerKey: ArrayBuffer | null, expirationTime: number | null = null) => ({
  expirationTime,
  options: { applicationServerKey },
});

describe('a subscription', () => {
  it('is of use for the key that it was made for', () => {
    expect(isUsable(subscription(KEY.slice().buffer), KEY, NOW)).toBe(true);
    expect(isUsable(subscription(Uint8Array.of(4, 1, 2, 4).buffer), KEY, NOW)).toBe(false);
    expect(isUsable(subscription(Uint8Array.of(4, 1, 2).buffer), KEY, NOW)).toBe(false);
    expect(isUsable(subscription(null), KEY, NOW)).toBe(true);
  });

  it('is renewed a week before it ends', () => {
    const endsAt = (time: number) => isUsable(subscription(KEY.slice().buffer, time), KEY, NOW);
    expect(endsAt(NOW + 7 * DAY_MS)).toBe(true);
    expect(endsAt(NOW + 7 * DAY_MS - 1)).toBe(false);
  });

  it('is doubted after a week without a push, and tried once a day', () => {
    expect(isDoubtful(NOW - 7 * DAY_MS, 0, NOW)).toBe(false);
    expect(isDoubtful(NOW - 7 * DAY_MS - 1, 0, NOW)).toBe(true);
    expect(isDoubtful(0, NOW - DAY_MS, NOW)).toBe(false);
    expect(isDoubtful(0, NOW - DAY_MS - 1, NOW)).toBe(true);
  });
});

describe('what went wrong', () => {
  it('is told from the error of the browser, or of the server', () => {
    expect(failureOf(new DOMException('Registration failed - push service error', 'AbortError'))).toBe(
      'no-push-service',
    );
    expect(failureOf(new DOMException('', 'NotSupportedError'))).toBe('no-push-service');
    expect(failureOf(Object.assign(new Error('x'), { code: 'PUSH_ADDRESS_REFUSED' }))).toBe('refused');
    expect(failureOf(Object.assign(new Error('x'), { code: 'PUSH_UNAVAILABLE' }))).toBe('server-off');
    expect(failureOf(Object.assign(new Error('x'), { code: 'UNREACHABLE' }))).toBe('offline');
    expect(failureOf(new Error('x'))).toBe('unknown');
  });
});

describe('the browser', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      0,
      'chromium',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 0, 'firefox'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15', 0, 'safari'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15', 5, 'ios'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148', 5, 'ios'],
    ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36', 5, 'android'],
  ])('%s with %i touch points is %s', (userAgent, touchPoints, kind) => {
    expect(browserKindOf(userAgent, touchPoints)).toBe(kind);
  });
});
