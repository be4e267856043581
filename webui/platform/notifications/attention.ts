/** Whether somebody looks at the app, in whichever tab of this browser: a tab that is seen holds a lock. */

const LOCK_NAME = 'vant-attended';

let release: (() => void) | undefined;

const isVisible = (): boolean => document.visibilityState === 'visible';

/** From now on this tab says when it is seen. */
export function holdAttention(): void {
  const update = (): void => {
    if (isVisible()) hold();
    else letGo();
  };
  document.addEventListener('visibilitychange', update);
  update();
}

export async function isAttended(): Promise<boolean> {
  if (isVisible()) return true;
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === LOCK_NAME);
}

function hold(): void {
  if (release !== undefined) return;
  const held = Promise.withResolvers<undefined>();
  release = () => held.resolve(undefined);
  void navigator.locks.request(LOCK_NAME, { mode: 'shared' }, () => held.promise);
}

function letGo(): void {
  release?.();
  release = undefined;
}
