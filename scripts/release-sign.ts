/** `npm run release-sign`: signatures for what `npm run package` has made, in the format of minisign. The key is outside of the
 * repository; its public half is `release.pub` in the repository, which is packed into each build.
 *
 *   npm run release-sign -- --new-key KEY.pem        makes a key (with a passphrase from VANT_RELEASE_PASSPHRASE, if set) and release.pub
 *   npm run release-sign -- --key KEY.pem FILE…      writes FILE.minisig beside each file
 *
 * To check one without Vant: minisign -V -p release.pub -m FILE */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { renderPublicKey, signFile } from '../cli/upgrade/minisign.ts';
import { VERSION } from '../server/version.ts';
import { ROOT } from './run-program.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { key: { type: 'string' }, 'new-key': { type: 'string' }, 'public-key': { type: 'string' } },
});
const passphrase = process.env['VANT_RELEASE_PASSPHRASE'];

function makeKey(path: string, publicPath: string): void {
  if (!relative(ROOT, resolve(path)).startsWith('..'))
    throw new Error(`${path} is inside the repository: keep the key elsewhere.`);
  for (const each of [path, publicPath]) if (existsSync(each)) throw new Error(`${each} is there already.`);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const protection = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8', ...protection }), { mode: 0o600, flag: 'wx' });
  writeFileSync(publicPath, renderPublicKey(publicKey));
  console.log(`${path} is the key: keep it safe, and away from servers. ${publicPath} is its public half.`);
}

async function signAll(key: KeyObject, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const comment = `file:${basename(file)} version:${VERSION} time:${Math.floor(Date.now() / 1000)}`;
    writeFileSync(`${file}.minisig`, await signFile(file, key, comment));
    console.log(`${file}.minisig (${comment})`);
  }
}

if (values['new-key'] !== undefined) makeKey(values['new-key'], values['public-key'] ?? join(ROOT, 'release.pub'));
else if (values.key !== undefined && positionals.length > 0) {
  const key = createPrivateKey({ key: readFileSync(values.key), ...(passphrase !== undefined && { passphrase }) });
  await signAll(key, positionals);
} else throw new Error('Usage: npm run release-sign -- --key KEY.pem FILE…, or --new-key KEY.pem');
