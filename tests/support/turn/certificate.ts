import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeTemporaryDirectory, removeDirectory } from '../appliance.ts';

/** A certificate for localhost that nobody has signed but itself. */
export async function createCertificate(): Promise<{ cert: string; key: string }> {
  const directory = await makeTemporaryDirectory();
  try {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(directory, name)) as [string, string];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-nodes', '-days', '2', ...curve, ...subject],
      ...['-keyout', key, '-out', cert],
    ]);
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  } finally {
    await removeDirectory(directory);
  }
}
