/** How the language that is shown is written where the reader lives: `en-GB`, if the browser asks for that. For dates and numbers. */
import { locale } from './locale-signal.ts';

export function formatTag(wanted: readonly string[] = navigator.languages): string {
  const language = locale.value;
  return wanted.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
}
