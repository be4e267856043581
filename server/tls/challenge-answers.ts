/** What to answer an authority that asks whether a name is ours. Asked in the middle of a handshake, so everything is in memory. */
import type { SecureContext } from 'node:tls';

export interface ChallengeAnswers {
  /** TLS-ALPN-01. @param serverName as the authority asks for it */
  findContext(serverName: string): SecureContext | undefined;
  /** HTTP-01: the key authorization. */
  findKeyAuthorization(token: string): string | undefined;
}

export const NO_ANSWERS: ChallengeAnswers = {
  findContext: () => undefined,
  findKeyAuthorization: () => undefined,
};
