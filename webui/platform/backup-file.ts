/** Saves and opens backup files: straight to the disk where the browser can (File System Access), else as a download. */
import type { EngineClient } from './engine-client.ts';

const FILE_TYPE = { description: 'Vant', accept: { 'application/octet-stream': ['.vantbackup'] as const } };

interface SaveFilePicker {
  showSaveFilePicker(options: {
    suggestedName: string;
    types: readonly (typeof FILE_TYPE)[];
  }): Promise<FileSystemFileHandle>;
}

/** Asks where to, and writes. False when the person changed their mind in the dialog of the browser. Has to be called from a
 * click. Progress comes as the event `backupProgress`; `engine.backup.cancel()` ends it. */
export async function saveBackup(engine: EngineClient, passphrase: string): Promise<boolean> {
  const name = `vant-${new Date().toISOString().slice(0, 10)}.vantbackup`;
  if (!('showSaveFilePicker' in globalThis)) {
    const blob = await engine.backup.exportTo({ passphrase });
    if (blob !== undefined) download(blob, name);
    return true;
  }
  const picker = globalThis as unknown as SaveFilePicker;
  const file = await picker.showSaveFilePicker({ suggestedName: name, types: [FILE_TYPE] }).catch(ignoreAbort);
  if (file === undefined) return false;
  await engine.backup.exportTo({ passphrase, file });
  return true;
}

function ignoreAbort(error: unknown): undefined {
  if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error;
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it by then; a day is what a slow disk may need.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
