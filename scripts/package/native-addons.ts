/** The native addons of dependencies: where the file for each architecture is, and which module of the dependency looks for it. */
import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { ROOT } from '../run-program.ts';
import type { Architecture } from './target.ts';

export interface NativeAddon {
  /** Of the file in the executable. */
  readonly name: string;
  /** Package with the file. */
  readonly packageName: (arch: Architecture) => string;
  readonly file: (arch: Architecture) => string;
  /** Its loader: the name of a package, or the end of a path. */
  readonly loader: string;
  /** Whether the loader gives a function that loads. */
  readonly isFunction: boolean;
}

const ADDONS: readonly NativeAddon[] = [
  {
    name: 'libsignal.node',
    packageName: () => '@signalapp/libsignal-client',
    file: (arch) => `prebuilds/linux-${arch}/@signalapp+libsignal-client.node`,
    loader: 'node-gyp-build',
    isFunction: true,
  },
  {
    name: 'node-datachannel.node',
    packageName: (arch) => `@node-datachannel/linux-${arch}-gnu`,
    file: () => 'node_datachannel.node',
    loader: 'node-datachannel/dist/esm/lib/node-datachannel.mjs',
    isFunction: false,
  },
];

const LOAD = join(ROOT, 'server', 'program', 'load-native-addon.ts');

/** Puts our loader in the place of theirs. @param found is given each addon that the program uses */
export function replaceLoaders(found: (addon: NativeAddon) => void): Plugin {
  const prefix = '\0native-addon:';
  return {
    name: 'native-addons',
    resolveId: {
      order: 'pre',
      async handler(source, importer) {
        const resolved = await this.resolve(source, importer, { skipSelf: true });
        const addon = ADDONS.find(
          ({ loader }) => loader === source || resolved?.id.endsWith(`/node_modules/${loader}`),
        );
        return addon === undefined ? null : `${prefix}${addon.name}`;
      },
    },
    load(id) {
      const addon = ADDONS.find(({ name }) => id === `${prefix}${name}`);
      if (addon === undefined) return null;
      found(addon);
      const load = `loadNativeAddon(${JSON.stringify(addon.name)})`;
      const result = addon.isFunction ? `() => ${load}` : load;
      return `import { loadNativeAddon } from ${JSON.stringify(LOAD)};\nexport default ${result};\n`;
    },
  };
}
