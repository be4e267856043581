import type { Log } from '../observability/log.ts';
import type { Certificate } from '../turn/net/stream-listener.ts';
import type { CertificateFiles, FilesReading } from './certificate-files.ts';
import type { CertificateSource } from './certificate-source.ts';
import { TlsSetupError } from './tls-setup-error.ts';

const LOOK_MS = 60_000;

/** Files of the admin: watched, and served as they are. What cannot be served never replaces what can. */
export class FileSource implements CertificateSource {
  readonly #files: CertificateFiles;
  readonly #log: Log;
  #onChange: (certificate: Certificate) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(files: CertificateFiles, log: Log) {
    this.#files = files;
    this.#log = log;
  }

  async open(): Promise<Certificate> {
    const reading = this.#files.read();
    const [worst] = reading.problems;
    if (reading.certificate === undefined) {
      throw new TlsSetupError(`${worst?.seen ?? ''} ${worst?.remedy ?? ''} (tls.cert_file, tls.key_file)`);
    }
    this.#tell(reading);
    return reading.certificate;
  }

  async start(onChange: (certificate: Certificate) => void): Promise<void> {
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.refresh(), LOOK_MS).unref();
  }

  async refresh(): Promise<void> {
    const reading = this.#files.readIfChanged();
    if (reading === undefined) return;
    this.#tell(reading);
    if (reading.certificate === undefined) this.#log.error('The certificate that was served before stays in use');
    else this.#onChange(reading.certificate);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  #tell({ problems }: FilesReading): void {
    for (const { severity, seen, remedy } of problems) {
      this.#log[severity === 'warning' ? 'warn' : 'error']({ option: 'tls.cert_file' }, `${seen} ${remedy}`);
    }
  }
}
