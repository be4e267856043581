import type { Config } from '../../config/schema.ts';
import type { Parts } from '../app-parts.ts';
import type { Turn } from '../calls/turn.ts';
import { loadDataKey } from '../storage/data-key.ts';
import { CertificateFiles } from './certificate-files.ts';
import type { CertificateSource } from './certificate-source.ts';
import { NO_ANSWERS, type ChallengeAnswers } from './challenge-answers.ts';
import { FileSource } from './file-source.ts';
import { FileStateStore } from './file-state-store.ts';
import type { FindPage } from './plain-http.ts';
import type { StateStore } from './state-store.ts';
import { Tls } from './tls.ts';

interface Means {
  readonly source: CertificateSource;
  readonly answers?: ChallengeAnswers;
  readonly findPage?: FindPage;
}

/** As `tls.mode` says. @throws TlsSetupError */
export async function createTls(parts: Parts, turn: Turn): Promise<Tls> {
  const { config, live, log, now } = parts;
  const { source, answers = NO_ANSWERS, findPage = () => undefined } = await createSource(parts);
  const tls = await Tls.open({
    source,
    answers,
    findPage,
    names: config.tls.names,
    httpListen: config.tls.http_listen,
    hstsSeconds: () => toHstsSeconds(live.current),
    turn,
    log,
    now,
  });
  let isFirst = true;
  // What is live may have changed, and so may files.
  live.follow(() => {
    if (!isFirst) void tls.refresh();
    isFirst = false;
  });
  return tls;
}

async function createSource(parts: Parts): Promise<Means> {
  const { config, log, now } = parts;
  if (config.tls.mode === 'files') {
    const { cert_file: cert = '', key_file: key = '', names } = config.tls;
    return { source: new FileSource(new CertificateFiles({ cert, key, names, now }), log) };
  }
  const store = await openStateStore(parts);
  if (config.tls.mode === 'local')
    return (await import('./local/create-local-source.ts')).createLocalSource(parts, store);
  const { createAcmeSource } = await import('./acme/create-acme-source.ts');
  return createAcmeSource(parts, store);
}

/** Nodes with a Redis of their own are alone; others share. */
async function openStateStore({ config, stores, log }: Parts): Promise<StateStore> {
  if (config.redis.mode === 'embedded') return new FileStateStore(config.storage.data_dir);
  const { openSharedStateStore } = await import('./shared-state-store.ts');
  return await openSharedStateStore(stores.tls, loadDataKey(config.storage.data_dir), log);
}

/** Nobody can be kept from plain HTTP whose browser does not trust the certificate. */
function toHstsSeconds({ tls }: Config): number {
  return tls.mode === 'acme' || tls.mode === 'files' ? Math.floor(tls.hsts / 1000) : 0;
}
