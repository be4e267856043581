import { describe, expect, it } from 'vitest';
import { moveRanges } from '../../../webui/views/conversation/draft-text.ts';

const range = { start: 6, length: 4, mention: 'x' as never };

describe('moveRanges', () => {
  it.each([
    ['text before it', 'hello @Ada', 'oh hello @Ada', [{ ...range, start: 9 }]],
    ['text after it', 'hello @Ada', 'hello @Ada!', [range]],
    ['a letter out of it', 'hello @Ada', 'hello @Aa', []],
    ['everything', 'hello @Ada', '', []],
  ])('%s', (_name, before, after, expected) => expect(moveRanges([range], before, after)).toEqual(expected));
});
