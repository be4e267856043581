/** Locks between the tabs of this origin; the browser frees them when their holder is gone (Web Locks API). */
import type { LockPort } from '../../../client/ports.ts';

export function createWebLocks(locks: LockManager): LockPort {
  return {
    tryAcquire: (name) =>
      new Promise((resolve, reject) => {
        locks
          .request(`vant-${name}`, { ifAvailable: true }, (lock) => {
            if (lock === null) {
              resolve(undefined);
              return;
            }
            const held = Promise.withResolvers<undefined>();
            resolve(() => held.resolve(undefined));
            return held.promise;
          })
          .catch(reject);
      }),
  };
}
