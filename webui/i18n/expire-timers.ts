/** The times after which messages can disappear. */
import { msg } from '@lit/localize';
import type { SelectOption } from '../components/select.ts';
import { formatDuration } from './format.ts';

const SECONDS = [30, 5 * 60, 60 * 60, 8 * 60 * 60, 24 * 60 * 60, 7 * 24 * 60 * 60, 28 * 24 * 60 * 60];

export const expireTimerOptions = (): SelectOption[] => [
  { value: '0', label: msg('Off') },
  ...SECONDS.map((seconds) => ({ value: String(seconds), label: formatDuration(seconds * 1000) })),
];
