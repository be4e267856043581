import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ValueError, quote, type ValueType } from './value-type.ts';

interface PathOptions {
  /** Checked while loading, so that a wrong path is an error of the configuration and not of the first connection. */
  readonly mustBe?: 'readable-file' | 'program';
  /** A word that stands for no path: `auto`. */
  readonly word?: string;
}

/** A path, made absolute: relative ones start at the directory of the configuration file. */
export function path(options: PathOptions = {}): ValueType<string> {
  const expected = options.word === undefined ? 'a path' : `${options.word} or a path`;
  return {
    kind: expected.replace('a path', 'path'),
    expected,
    schema: { type: 'string', minLength: 1 },
    parse(text, context) {
      if (text === '') throw new ValueError('the path is empty', `Write ${expected}.`);
      if (text.includes('\0')) throw new ValueError('a path cannot contain a zero byte');
      if (text === options.word) return text;
      if (text.startsWith('~')) {
        throw new ValueError(`${quote(text)}: only a shell knows what ~ is`, 'Write the path in full.');
      }
      const absolute = resolve(context.baseDir, text);
      if (options.mustBe !== undefined) checkFile(absolute, options.mustBe);
      return absolute;
    },
    format: String,
    toJson: (value) => value,
  };
}

function checkFile(absolute: string, mustBe: 'readable-file' | 'program'): void {
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new ValueError(`there is no file ${quote(absolute)}`, 'Check the spelling of the path.');
  if (stats.isDirectory()) throw new ValueError(`${quote(absolute)} is a directory`, 'Name the file inside it.');
  const isProgram = mustBe === 'program';
  try {
    accessSync(absolute, isProgram ? constants.X_OK : constants.R_OK);
  } catch {
    throw new ValueError(
      `${quote(absolute)} cannot be ${isProgram ? 'run' : 'read'} by the user that runs Vant`,
      `Give that user permission (chmod, chown), and ${isProgram ? 'run' : 'search'} permission on its directories.`,
    );
  }
}
