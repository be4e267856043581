import { describe, expect, it } from 'vitest';
import { findMentionQuery } from '../../../webui/views/conversation/mentions.ts';

describe('findMentionQuery', () => {
  it.each([
    ['@', { start: 0, text: '' }],
    ['hi @Gr', { start: 3, text: 'Gr' }],
    ['(@é', { start: 1, text: 'é' }],
    ['mail@example', undefined],
    ['@Ada is', undefined],
  ])('%s', (text, expected) => expect(findMentionQuery(text, text.length)).toEqual(expected));
});
