import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import type { FoundFile } from './find-file.ts';
import type { Problem } from './problem.ts';
import { SourceText } from './source-text.ts';

/** The annotated sample has a tenth of this; more is another file by mistake. */
export const MAX_FILE_BYTES = 256 * 1024;

/** Reads the configuration file, or says why not. */
export function readConfigFile(found: FoundFile): SourceText | Problem {
  try {
    return checkType(found) ?? decode(found, readFileSync(found.absolutePath));
  } catch (error) {
    return explainReadError(found.shownPath, error);
  }
}

function checkType({ absolutePath, shownPath }: FoundFile): Problem | undefined {
  const stats = statSync(absolutePath);
  if (stats.isDirectory()) {
    return { message: `${shownPath} is a directory`, help: `Name the file inside it: ${shownPath}/vant.config.yaml.` };
  }
  if (!stats.isFile()) return { message: `${shownPath} is not a regular file` };
  if (stats.size > MAX_FILE_BYTES) {
    return {
      message: `${shownPath} is too large for a configuration file: ${stats.size} bytes`,
      help: `The largest allowed is ${MAX_FILE_BYTES} bytes. Is it the right file?`,
    };
  }
  return undefined;
}

function decode({ shownPath }: FoundFile, bytes: Uint8Array): SourceText | Problem {
  if (bytes[0] === 0xff || bytes[0] === 0xfe) {
    return { message: `${shownPath} is written in UTF-16`, help: 'Save it as UTF-8.' };
  }
  if (!isUtf8(bytes)) {
    return { message: `${shownPath}:${firstBadLine(bytes)} is not UTF-8 text`, help: 'Save the file as UTF-8.' };
  }
  // Without its byte order mark: it would count as a column.
  return new SourceText(shownPath, new TextDecoder().decode(bytes));
}

/** No UTF-8 sequence holds a line feed, so lines can be checked one by one. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
    line += 1;
  }
  return line;
}

function explainReadError(shownPath: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        message: `there is no file ${shownPath}`,
        help: 'Check the path. Without --config and VANT_CONFIG, Vant can start with defaults.',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        message: `${shownPath} cannot be read by this user`,
        help: 'Give the user that runs Vant permission: chmod, chown.',
      };
    default:
      return { message: `${shownPath} cannot be read (${code === '' ? 'unknown reason' : code})` };
  }
}
