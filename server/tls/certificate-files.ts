import { readFileSync, statSync } from 'node:fs';
import type { Certificate } from '../turn/net/stream-listener.ts';
import { checkCertificate, type CertificateProblem } from './check-certificate.ts';

export interface FilesReading {
  /** Undefined when it cannot be served. */
  readonly certificate: Certificate | undefined;
  readonly problems: readonly CertificateProblem[];
}

interface Options {
  readonly cert: string;
  readonly key: string;
  readonly names: readonly string[];
  readonly now: () => number;
}

/** A certificate that somebody else renews: read again when its files change. */
export class CertificateFiles {
  readonly #options: Options;
  #stamp = '';

  constructor(options: Options) {
    this.#options = options;
  }

  read(): FilesReading {
    const { cert: certPath, key: keyPath, names, now } = this.#options;
    let certificate: Certificate;
    try {
      this.#stamp = this.#readStamp();
      certificate = { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
    } catch (error) {
      const seen = `The certificate cannot be read: ${(error as Error).message}.`;
      const remedy = 'Let the user that runs Vant read both files and enter their directories.';
      return { certificate: undefined, problems: [{ severity: 'fatal', seen, remedy }] };
    }
    const problems = checkCertificate(certificate, { names, now: now() });
    const isUsable = problems.every(({ severity }) => severity !== 'fatal');
    return { certificate: isUsable ? certificate : undefined, problems };
  }

  /** @returns undefined when they are as they were, or are being replaced at this moment. */
  readIfChanged(): FilesReading | undefined {
    try {
      return this.#readStamp() === this.#stamp ? undefined : this.read();
    } catch {
      return undefined;
    }
  }

  #readStamp(): string {
    const stat = (path: string) => statSync(path, { bigint: true });
    return [this.#options.cert, this.#options.key]
      .map(stat)
      .map(({ mtimeNs, size, ino }) => `${mtimeNs} ${size} ${ino}`)
      .join(' ');
  }
}
