/** What a subscription to pushes is worth, and what stands in the way of one. */

/** How the member may be asked: browsers differ in where they hide it. */
export type BrowserKind = 'chromium' | 'firefox' | 'safari' | 'ios' | 'android';

export function browserKindOf(userAgent: string, maxTouchPoints: number): BrowserKind {
  // An iPad says that it is a Mac.
  if (/iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return 'ios';
  if (/Android/.test(userAgent)) return 'android';
  if (/Firefox\//.test(userAgent)) return 'firefox';
  return /Chrome\//.test(userAgent) ? 'chromium' : 'safari';
}

/** What the member has said, as far as the browser lets anybody ask. `needs-install`: iOS has notifications for apps on the home
 * screen only. */
export type PermissionState = 'unsupported' | 'needs-install' | NotificationPermission;

/** Why there is no subscription, or why the server does not have it. */
export type PushFailure =
  /** The browser cannot reach its push service, or has none: some are built without, some networks block it. */
  | 'no-push-service'
  /** The server must not push to where this browser's push service is. */
  | 'refused'
  | 'server-off'
  | 'offline'
  /** Registered, and what is sent does not arrive. */
  | 'silent'
  | 'unknown';

export function failureOf(error: unknown): PushFailure {
  const { name, code } = error as { readonly name?: string; readonly code?: unknown };
  if (code === 'PUSH_ADDRESS_REFUSED') return 'refused';
  if (code === 'PUSH_UNAVAILABLE') return 'server-off';
  if (code === 'UNREACHABLE') return 'offline';
  // Push API, 7.2: AbortError when the push service cannot be reached or refuses; NotSupportedError where there is none.
  return name === 'AbortError' || name === 'NotSupportedError' ? 'no-push-service' : 'unknown';
}

const DAY_MS = 24 * 60 * 60_000;
/** Browsers that say when a subscription ends are few. */
const RENEW_BEFORE_MS = 7 * DAY_MS;

/** Whether it was made for this key of the server, and goes on for a while. */
export function isUsable(
  {
    options,
    expirationTime,
  }: Pick<PushSubscription, 'expirationTime'> & {
    readonly options: Pick<PushSubscriptionOptions, 'applicationServerKey'>;
  },
  vapidPublicKey: Uint8Array,
  now: number,
): boolean {
  if (expirationTime !== null && expirationTime - now < RENEW_BEFORE_MS) return false;
  const { applicationServerKey } = options;
  // Old browsers do not say; then the push service will, by refusing.
  if (applicationServerKey === null) return true;
  const key = new Uint8Array(applicationServerKey);
  return key.length === vapidPublicKey.length && key.every((byte, index) => byte === vapidPublicKey[index]);
}

/** Longer without a push is no proof that anything is wrong; but then it is tried. */
const TRUSTED_MS = 7 * DAY_MS;
const TRY_AGAIN_MS = DAY_MS;

/** Whether it is time to try if a push still arrives. @param lastPushAt 0: none has ever */
export const isDoubtful = (lastPushAt: number, lastTriedAt: number, now: number): boolean =>
  now - lastPushAt > TRUSTED_MS && now - lastTriedAt > TRY_AGAIN_MS;
