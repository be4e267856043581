import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Log } from '../observability/log.ts';
import type { Certificate } from '../turn/net/stream-listener.ts';

/** A certificate that somebody else renews: read again when its files change. */
export class CertificateFiles {
  readonly #paths: { readonly cert: string; readonly key: string };
  readonly #log: Log;
  #stamp = '';

  constructor(paths: { readonly cert: string; readonly key: string }, log: Log) {
    this.#paths = paths;
    this.#log = log;
  }

  /** @returns undefined, and says why, when certificate and key do not fit or cannot be read. */
  read(): Certificate | undefined {
    const { cert: certPath, key: keyPath } = this.#paths;
    try {
      this.#stamp = this.#readStamp();
      const [cert, key] = [readFileSync(certPath, 'utf8'), readFileSync(keyPath, 'utf8')];
      if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
      this.#log.warn({ certPath, keyPath }, 'TURN: the key does not belong to the certificate');
    } catch (err) {
      this.#log.warn({ err, certPath, keyPath }, 'TURN: the certificate cannot be read');
    }
    return undefined;
  }

  readIfChanged(): Certificate | undefined {
    try {
      return this.#readStamp() === this.#stamp ? undefined : this.read();
    } catch {
      // In the middle of being replaced: next time.
      return undefined;
    }
  }

  #readStamp(): string {
    return [this.#paths.cert, this.#paths.key].map((path) => `${statSync(path).mtimeMs}`).join(' ');
  }
}
