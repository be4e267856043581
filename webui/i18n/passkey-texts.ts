/** Why a passkey was not had, in words. */
import { msg } from '@lit/localize';
import { PasskeyRefused, PasskeyUnsuitable } from '../platform/passkeys.ts';

/** Undefined when it is another problem. */
export function passkeyProblem(error: unknown): string | undefined {
  if (error instanceof PasskeyRefused) return msg('No passkey was given. Try again, or use the passphrase.');
  if (error instanceof PasskeyUnsuitable)
    return msg('This device or security key cannot lock messages. Try another one, or set a passphrase.');
  return undefined;
}
