/** Short messages about what was just done, or could not be: shown for a moment at the edge of the page. */
import { signal } from '@preact/signals-core';
import { errorText } from '../i18n/error-texts.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'good' | 'danger';
}

export const notices = signal<readonly Notice[]>([]);

let lastId = 0;

export function showNotice(text: string, tone: Notice['tone'] = 'good'): void {
  // The same again is the same: it says nothing new.
  const others = notices.value.filter((notice) => notice.text !== text);
  notices.value = [...others, { id: ++lastId, text, tone }];
}

export const showError = (error: unknown): void => showNotice(errorText(error), 'danger');

export function dismissNotice(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Runs what a person has asked for; says when it fails. Gives whether it went well. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work();
  } catch (error) {
    showError(error);
    return false;
  }
  if (done !== undefined) showNotice(done);
  return true;
}
