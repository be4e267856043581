/** Which version of the app this is, and which one the server has: the same hash that `vant version` prints. */
import { askVersion } from './updates.ts';

export interface BundleVersion {
  /** Of the page that is shown, as its service worker has verified it; undefined when none serves it. */
  readonly shown: string | undefined;
  /** What the server has now; undefined when it cannot be asked. */
  readonly served: string | undefined;
}

export async function readBundleVersion(): Promise<BundleVersion> {
  const controller = 'serviceWorker' in navigator ? navigator.serviceWorker.controller : null;
  const [shown, served] = await Promise.all([
    controller === null ? undefined : askVersion(controller),
    fetch('/web-bundle.json', { cache: 'no-store', credentials: 'omit' })
      .then(async (response) => (response.ok ? ((await response.json()) as { hash: string }).hash : undefined))
      .catch(() => undefined),
  ]);
  return { shown, served };
}
