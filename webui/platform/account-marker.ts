/** A mark, no secret, that somebody had joined in this browser: when its storage is empty nevertheless, it was lost, and the
 * page says what to do (link this device again, ask for a new invite, read a backup). */
const KEY = 'vant-had-account';

/** True when there was an account here and nobody has erased it. */
export function hadAccount(): boolean {
  return read() !== null;
}

export const markAccount = (): void => {
  try {
    localStorage.setItem(KEY, '1');
  } catch {
    // No storage at all: requirements.ts says so.
  }
};

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
