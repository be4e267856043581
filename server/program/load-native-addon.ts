/** Loads a native addon out of the packaged executable. scripts/package puts this in the place of the addons' own loaders, which
 * look for files in node_modules. */
import { NativePartError } from './native-part-error.ts';
import { unpackNativePart } from './native-parts.ts';

export function loadNativeAddon(name: string): unknown {
  const path = unpackNativePart(name);
  const addon = { exports: {} };
  try {
    process.dlopen(addon, path);
  } catch (error) {
    throw new NativePartError(
      `${path} cannot be loaded: ${(error as Error).message}. ${explain((error as Error).message)}`,
    );
  }
  return addon.exports;
}

function explain(message: string): string {
  if (message.includes('GLIBC'))
    return 'Vant needs a system with glibc 2.34 or newer, such as Debian 12, Ubuntu 22.04 or Raspberry Pi OS 12.';
  return 'If its file system is mounted noexec, set XDG_CACHE_HOME to a directory on one that is not.';
}
