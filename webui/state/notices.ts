/** Short news about what was just done, or could not be: shown for a moment at the edge of the page. */
import { signal } from '@preact/signals-core';
import type { Toast } from '../components/toasts.ts';
import { errorText } from '../i18n/error-texts.ts';

export const notices = signal<readonly Toast[]>([]);

let lastId = 0;

export function showNotice(text: string, tone: Toast['tone'] = 'info'): void {
  // The same again is the same: it says nothing new.
  const others = notices.value.filter((notice) => notice.text !== text);
  notices.value = [...others, { id: `notice-${++lastId}`, text, tone }];
}

export const showError = (error: unknown): void => showNotice(errorText(error), 'danger');

export function dismissNotice(id: string): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Does what a person has asked for, and says so if it fails. Gives whether it went well. */
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
