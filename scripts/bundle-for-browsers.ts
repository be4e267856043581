/** Bundles and minifies as an application does (a library build would keep white space), with Vite's own minifier: terser
 * gives the same size for the engine, so it is not worth a dependency.
 * @returns the code of all chunks; nothing is written */
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { dropLibraryTexts } from './drop-library-texts.ts';
import { ROOT } from './run-program.ts';

/** @param entry relative to the root of the repository */
export async function bundleForBrowsers(entry: string): Promise<string> {
  const rolldownOptions = { input: join(ROOT, entry), preserveEntrySignatures: 'strict' as const };
  const options = { write: false, minify: true, target: 'es2022', modulePreload: false, rolldownOptions } as const;
  const plugins = [dropLibraryTexts()];
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    plugins,
    build: options,
  })) as Rolldown.RolldownOutput;
  const chunks = built.output.filter((part) => part.type === 'chunk');
  return chunks.map(({ code }) => code).join('\n');
}
