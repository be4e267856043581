import { ConfigError } from '../../config/config-error.ts';
import { renderProblems } from '../../config/render-problems.ts';
import { BackupError } from '../../server/backup/manifest.ts';
import { StorageSetupError } from '../../server/storage/storage-setup-error.ts';
import { VantError } from '../../wire/errors.ts';
import { CommandError } from '../command-error.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { runCommand } from '../run-command.ts';

/** Errors of the server's rooms in the words of the terminal: what was seen, and how to mend it. */
export async function runBackupCommand(work: () => Promise<ExitCode>): Promise<void> {
  // Whatever is written is for its owner only.
  process.umask(0o077);
  await runCommand({}, async () => {
    try {
      return await work();
    } catch (error) {
      throw translate(error);
    }
  });
}

function translate(error: unknown): unknown {
  if (error instanceof BackupError) return new CommandError(EXIT.ERROR, error.message, error.remedy);
  if (error instanceof StorageSetupError) return new CommandError(EXIT.ERROR, error.message);
  if (error instanceof ConfigError) return new CommandError(EXIT.ERROR, renderProblems(error.problems, 'error'));
  if (error instanceof VantError && error.code === 'STORAGE_UNAVAILABLE') {
    return new CommandError(EXIT.ERROR, `Redis does not do its part: ${error.detail ?? error.message}`, 'vant doctor');
  }
  return translateSystemError(error as NodeJS.ErrnoException);
}

function translateSystemError(error: NodeJS.ErrnoException): Error {
  const { code, path, message } = error;
  if (code === 'ENOSPC') {
    return new CommandError(EXIT.ERROR, 'The disk is full.', 'Make room, or write the backup to another disk.');
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new CommandError(EXIT.ERROR, `${path ?? 'A file'} may not be used: ${message}`, REMEDY_USER);
  }
  if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') {
    return new CommandError(EXIT.ERROR, `${path ?? 'A path'} cannot be used: ${message}`, 'Correct the path.');
  }
  return error;
}

const REMEDY_USER = 'Run this as the user that runs Vant (sudo -u vant …), or name a path that it may use.';
