import { X509Certificate } from 'node:crypto';
import type { Config } from '../../config/schema.ts';
import { readStoredAuthority } from '../tls/local/stored-authority.ts';
import { CERTIFICATE_PATH } from '../tls/plain-http.ts';

const TIMEOUT_MS = 4_000;

/** What devices have to trust with `tls.mode: local`, PEM: what is served is judged as by a device that does.
 * @returns undefined for the other modes, and where it cannot be had: then the checks say that nobody trusts the server */
export async function findLocalAuthority(config: Config): Promise<string | undefined> {
  if (config.tls.mode !== 'local') return undefined;
  try {
    // Nodes keep it in Redis, and any of them gives it to whoever asks.
    return config.redis.mode === 'external'
      ? await download(config.server.public_url)
      : readStoredAuthority(config.storage.data_dir)?.cert;
  } catch {
    return undefined;
  }
}

async function download(publicUrl: string): Promise<string> {
  const url = new URL(CERTIFICATE_PATH, publicUrl.replace(/^https:/, 'http:'));
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  return new X509Certificate(Buffer.from(await response.arrayBuffer())).toString();
}
