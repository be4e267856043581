import type { Certificate } from '../turn/net/stream-listener.ts';

/** Where the certificate comes from: files, an authority on the network, or one of our own. */
export interface CertificateSource {
  /** What to serve from the first moment on. @throws TlsSetupError when there is nothing to serve */
  open(): Promise<Certificate>;
  /** The ports are open: gets what is missing, renews what is old, for as long as the server runs. */
  start(onChange: (certificate: Certificate) => void): Promise<void>;
  /** Somebody says that something may have changed (SIGHUP). */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}
