/** The licences of what is linked into the native library of node-datachannel, and of which neither npm package has a text. Debian has looked
 * up those of the same libraries, and keeps what it found in each of its packages (debian/copyright). */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Apt } from './apt.ts';

export interface InnerPart {
  readonly title: string;
  /** Of Debian. */
  readonly packageName: string;
  /** SHA-256 of its copyright file. */
  readonly hash: string;
  /** Paragraphs that are meant, where the file is about something else, too. */
  readonly licences?: readonly string[];
}

const PARTS: readonly InnerPart[] = [
  {
    title: 'usrsctp',
    packageName: 'libusrsctp2',
    hash: 'b514fab0dd45043da483b41e7b73b991dee7e84cce47fdb09ee02e6b5d39fa2f',
  },
  {
    title: 'libsrtp',
    packageName: 'libsrtp2-1',
    hash: 'fab9e1a03ff1a420680ad61431ad465a3db9b91f0fe870d7c0d26cca4bb3f525',
  },
  {
    title: 'plog',
    packageName: 'r-cran-plogr',
    hash: 'edb339e93e7e87e673c4e78b4ca9c4d54862888e82a9d23e1ca94b1920cc40bf',
  },
  {
    // Debian 12 has a later OpenSSL, under another licence. BoringSSL was made from one of these.
    title: 'OpenSSL 1.1.1 (The OpenSSL Project; Eric Young, Tim Hudson)',
    packageName: 'android-libboringssl',
    hash: '85b3073149f23babcc713d9a1429090d1d22b19ca8e735f1c94342f0c1d8078b',
    licences: ['OpenSSL', 'SSLeay'],
  },
];

/** MPL-2.0, libdatachannel's own and libjuice's, is the text of node-datachannel. */
const SUMMARY =
  'Its native library is libdatachannel (MPL-2.0), with libjuice (MPL-2.0), usrsctp (BSD-3-Clause and others), libsrtp (BSD-3-Clause), ' +
  'plog (MIT) and OpenSSL 1.1.1 (the OpenSSL and SSLeay licences) linked into it, whose terms follow those of the MPL.';

/** By name of the npm package: what comes before its own text, and what after. */
export type InnerLicences = Readonly<Record<string, { readonly summary: string; readonly text: string }>>;

export async function readInnerLicences(
  cache: string,
  apt: Apt,
  report: (text: string) => void,
): Promise<InnerLicences> {
  const folder = join(cache, `licences-${hashOf(readFileSync(new URL(import.meta.url))).slice(0, 16)}`);
  if (!existsSync(folder)) {
    await fetchTexts(folder, cache, apt);
    report(`licences: read ${PARTS.map(({ packageName }) => packageName).join(', ')} of Debian`);
  }
  const texts = PARTS.map(({ title, packageName }) => {
    const text = readFileSync(join(folder, packageName), 'utf8').trim();
    return `${title}, as Debian's package ${packageName} has it:\n\n${text}`;
  });
  return { 'node-datachannel': { summary: SUMMARY, text: texts.join('\n\n') } };
}

async function fetchTexts(folder: string, cache: string, apt: Apt): Promise<void> {
  const work = mkdtempSync(join(cache, 'licences-'));
  try {
    const names = PARTS.map(({ packageName }) => packageName);
    await apt.unpackOnly(names, join(work, 'packages'));
    const result = join(work, 'result');
    mkdirSync(result);
    for (const part of PARTS) {
      const path = join(work, 'packages', 'usr', 'share', 'doc', part.packageName, 'copyright');
      writeFileSync(join(result, part.packageName), selectLicences(part, readFileSync(path)));
    }
    renameSync(result, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @throws Error when it is another file than the known one */
export function selectLicences({ packageName, hash, licences }: InnerPart, bytes: Uint8Array): string {
  if (hashOf(bytes) !== hash) {
    throw new Error(
      `Debian's ${packageName} has another licence text than scripts/package/inner-licences.ts knows: read it, and write its SHA-256 there.`,
    );
  }
  const text = Buffer.from(bytes).toString('utf8');
  if (licences === undefined) return text;
  // Of the machine-readable format: a paragraph that begins with the licence is its text.
  const paragraphs = text.split(/\n\n+/);
  return licences
    .map((name) => paragraphs.find((paragraph) => paragraph.startsWith(`License: ${name}\n`)) ?? '')
    .join('\n\n');
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
