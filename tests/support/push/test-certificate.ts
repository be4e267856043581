import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDirectory } from '../redis-process.ts';

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  /** For push.ca_file. */
  readonly file: string;
}

let made: TestCertificate | undefined;

/** For localhost and 127.0.0.1, signed by itself; one for each test process. */
export function testCertificate(): TestCertificate {
  if (made !== undefined) return made;
  const directory = createTestDirectory();
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(directory, name)) as [string, string];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const args = ['req', '-x509', '-nodes', '-days', '2', ...curve, ...subject, '-keyout', key, '-out', cert];
  execFileSync('openssl', args, { stdio: 'ignore' });
  return (made = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8'), file: cert });
}
