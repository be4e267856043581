import type { Config, Secrets } from '../../config/schema.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { Log } from '../observability/log.ts';
import { EmbeddedTurn } from './embedded-turn.ts';
import { createExternalTurn } from './external-turn.ts';
import { HandoverFile } from './handover-file.ts';
import { NO_TURN, type Turn } from './turn.ts';
import { TurnSecrets } from './turn-secrets.ts';
import { toTurnSettings } from './turn-settings.ts';

interface Collaborators {
  readonly directory: AccountDirectory;
  readonly log: Log;
  readonly now: () => number;
}

/** As `turn.mode` says. */
export function createTurn(config: Config, secrets: Secrets, rooms: Collaborators): Turn {
  const { mode, credential_ttl: ttlMs, embedded, external } = config.turn;
  if (mode === 'off') return NO_TURN;
  if (mode === 'external') {
    const secret = secrets.turn.external.secret?.reveal() ?? '';
    return createExternalTurn({ urls: external.urls, secret, ttlMs, now: rooms.now });
  }
  const { tls_cert_file: cert, tls_key_file: key } = embedded;
  return new EmbeddedTurn({
    ...rooms,
    settings: toTurnSettings(config),
    publicHost: embedded.public_host,
    secrets: new TurnSecrets(config.storage.data_dir, ttlMs, rooms.now),
    handover: new HandoverFile(process.env['RUNTIME_DIRECTORY'], rooms.now),
    certificateFiles: cert === undefined || key === undefined ? undefined : { cert, key },
  });
}
