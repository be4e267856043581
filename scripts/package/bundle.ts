/** The program as single files: a single executable runs one CommonJS script and has no modules beside it. */
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from '../run-program.ts';
import { replaceLoaders, type NativeAddon } from './native-addons.ts';

export interface Bundle {
  readonly code: string;
  /** Absolute paths of the modules that are in it. */
  readonly modules: readonly string[];
  readonly addons: readonly NativeAddon[];
}

/** @param entry path in the repository */
export async function bundleScript(entry: string): Promise<Bundle> {
  const addons: NativeAddon[] = [];
  const build = await rolldown({
    input: join(ROOT, entry),
    cwd: ROOT,
    platform: 'node',
    tsconfig: false,
    plugins: [replaceLoaders((addon) => addons.push(addon))],
    // build-redis.ts resolves a package; a packaged program never builds Redis.
    checks: { emptyImportMeta: false },
  });
  try {
    const { output } = await build.generate({
      format: 'cjs',
      // Modules that are imported dynamically are still run only then.
      codeSplitting: false,
      comments: { legal: false, annotation: false, jsdoc: false },
    });
    const [chunk] = output;
    if (output.length !== 1)
      throw new Error(`${entry} became ${output.length} files: ${output.map((o) => o.fileName).join()}`);
    return { code: chunk.code, modules: Object.keys(chunk.modules), addons };
  } finally {
    await build.close();
  }
}
