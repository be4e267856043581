import { createTimeLimitedCredentials } from '../turn/policy/time-limited-credentials.ts';
import { NO_TURN, type Turn } from './turn.ts';
import { toTurnUserId } from './turn-user-id.ts';

export interface ExternalTurnOptions {
  readonly urls: readonly string[];
  /** Shared with the server: coturn's static-auth-secret. */
  readonly secret: string;
  readonly ttlMs: number;
  readonly now: () => number;
}

/** A TURN server that the admin runs. It believes whoever comes with credentials made from the shared secret, until they expire. */
export function createExternalTurn({ urls, secret, ttlMs, now }: ExternalTurnOptions): Turn {
  return {
    ...NO_TURN,
    issue: async (actor) => ({
      urls: [...urls],
      ...createTimeLimitedCredentials(secret, toTurnUserId(secret, actor), now() + ttlMs),
      ttlSeconds: Math.floor(ttlMs / 1000),
    }),
  };
}
