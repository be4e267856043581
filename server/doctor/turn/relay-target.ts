/** What is to be tested: URLs as devices get them, and credentials as devices get them. */
import { randomBytes } from 'node:crypto';
import { readNewestTurnSecret } from '../../calls/turn-secrets.ts';
import { toListenAddresses } from '../../calls/turn-settings.ts';
import { toSharedPlace, toTurnUrls } from '../../calls/turn-urls.ts';
import { createTimeLimitedCredentials } from '../../turn/policy/time-limited-credentials.ts';
import { failure, warning, type CheckedConfig, type Finding } from '../check.ts';
import { findLocalAuthority } from '../local-authority.ts';

export interface RelayTarget {
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
  /** PEM, trusted besides the public authorities. */
  readonly findAuthority?: () => Promise<string | undefined>;
  /** Nobody is expected to come from the internet. */
  readonly isInside?: boolean;
}

const TTL_MS = 5 * 60_000;

/** Why there is nothing to test. */
export interface NoTarget {
  readonly option: string;
  readonly finding: Finding;
}

export function findRelayTarget({ config, secrets }: CheckedConfig): RelayTarget | NoTarget {
  const { mode, embedded, external } = config.turn;
  if (mode === 'off') {
    const seen = 'there is no relay: calls between some networks do not come about';
    return { option: 'turn.mode', finding: warning(seen, 'Set it to embedded, unless that is what you want.') };
  }
  if (mode === 'external') return toTarget(external.urls, secrets.turn.external.secret?.reveal() ?? '');
  const secret = readNewestTurnSecret(config.storage.data_dir);
  if (secret === undefined) {
    const seen = `the secret of this server cannot be read from ${config.storage.data_dir}`;
    const remedy = 'Start the server once (vant serve), and run this as the same user, with the same configuration.';
    return { option: 'storage.data_dir', finding: failure(seen, remedy) };
  }
  const listening = toListenAddresses(embedded).filter(({ port }) => port !== 0);
  const shared = config.tls.mode === 'off' ? undefined : toSharedPlace(config.server.public_url);
  const target = toTarget(toTurnUrls(embedded.public_host, listening, shared), secret);
  if (config.tls.mode !== 'local') return target;
  return { ...target, isInside: true, findAuthority: () => findLocalAuthority(config) };
}

function toTarget(urls: readonly string[], secret: string): RelayTarget {
  const userId = `doctor-${randomBytes(6).toString('hex')}`;
  return { urls, ...createTimeLimitedCredentials(secret, userId, Date.now() + TTL_MS) };
}
