import { describe, expect, it } from 'vitest';
import { CLIENT_ERROR_CODES } from '../../../client/errors.ts';
import { ENGINE_ERROR_CODES } from '../../../webui/engine/engine-errors.ts';
import { ERROR_TEXT_CODES, errorText } from '../../../webui/i18n/error-texts.ts';
import { ERRORS } from '../../../wire/errors.ts';

const codes = [...Object.keys(ERRORS), ...CLIENT_ERROR_CODES, ...ENGINE_ERROR_CODES];

describe('what went wrong', () => {
  it.each(codes)('%s is said in words, with what to do', (code) => {
    const text = errorText(Object.assign(new Error('for programmers'), { code }));
    expect(text).not.toContain('for programmers');
    expect(text).not.toContain(code);
    expect(text).toMatch(/\.$/);
  });

  it('has no text for a code that nothing gives', () => {
    expect([...ERROR_TEXT_CODES].sort()).toEqual([...new Set(codes)].sort());
  });

  it('is told as it is where there is no code of ours', () => {
    expect(errorText(new Error('The disk is full.'))).toBe('Something went wrong: The disk is full.');
    expect(errorText('odd')).toBe('Something went wrong: odd');
    expect(errorText(undefined)).toBe('Something went wrong: undefined');
    expect(errorText({ code: 'toString' })).toContain('Something went wrong');
  });

  it('says how long to wait where the server says so', () => {
    expect(errorText({ code: 'RATE_LIMITED', retryAfterMs: 90_000 })).toContain('1 minute, 30 seconds');
    expect(errorText({ code: 'RATE_LIMITED', retryAfterMs: 999 })).toContain('Wait a moment');
  });
});
