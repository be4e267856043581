import { readFileSync } from 'node:fs';

const FILE = new URL('../.build/webui/web-bundle.json', import.meta.url);

/** SHA-256 of the web app in this build, in hex, as the build has written it down. Undefined: this build has none. */
export function findWebBundle(file: URL | string = FILE): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const { hash } = JSON.parse(text) as { hash?: unknown };
  if (typeof hash !== 'string') throw new Error(`${String(file)} has no hash: build the web app again.`);
  return hash;
}
