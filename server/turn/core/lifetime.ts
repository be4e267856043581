import { ATTRIBUTE, ERROR } from '../stun/stun-constants.ts';
import type { StunMessage } from '../stun/stun-message.ts';
import { Refusal } from './exchange.ts';

/** RFC 8656, section 3.2. */
export const DEFAULT_LIFETIME_SECONDS = 600;

/** What the client asks for, not below the default and not above the maximum; 0 stays 0, which is for Refresh only.
 * @throws Refusal */
export function toLifetimeSeconds(request: StunMessage, maxSeconds: number): number {
  if (!request.has(ATTRIBUTE.LIFETIME)) return Math.min(DEFAULT_LIFETIME_SECONDS, maxSeconds);
  const asked = request.findUint32(ATTRIBUTE.LIFETIME);
  if (asked === undefined) throw new Refusal(ERROR.BAD_REQUEST);
  return Math.min(Math.max(asked, DEFAULT_LIFETIME_SECONDS), maxSeconds);
}

export const isZeroLifetime = (request: StunMessage): boolean => request.findUint32(ATTRIBUTE.LIFETIME) === 0;
