import { chownSync, existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { ConfigError } from '../../config/config-error.ts';
import { CONFIG_FILE_NAME } from '../../config/find-file.ts';
import { loadConfig } from '../../config/load.ts';
import { renderProblems } from '../../config/render-problems.ts';
import type { Config } from '../../config/schema.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { collectAnswers, type InitOptions } from './init-answers.ts';
import { renderStarterConfig } from './starter-config.ts';
import { PATHS, SERVICE_USER, type Step } from './step.ts';

const MODE = 0o640;

/** The file that is there; else the one of `vant init` in this directory; else the questions of `vant init`. */
export const configurationStep = (options: InitOptions): Step => ({
  async install(context) {
    const { host } = context;
    const path = host.path(PATHS.config);
    if (existsSync(path)) {
      context.config = check(path);
      return undefined;
    }
    const here = resolve(CONFIG_FILE_NAME);
    const isHere = existsSync(here);
    const text = isHere
      ? withDataDirectory(readFileSync(here, 'utf8'), check(here))
      : renderStarterConfig({ ...(await collectAnswers(options)), dataDirectory: PATHS.data });
    host.write(PATHS.config, text, MODE);
    // Written by root alone, read by the service.
    chownSync(path, 0, host.findUser(SERVICE_USER)?.gid ?? 0);
    context.config = check(path);
    return isHere ? `Copied ${CONFIG_FILE_NAME} to ${PATHS.config}${describeOldData(here)}` : `Wrote ${PATHS.config}.`;
  },
  // Its directory is kept, or removed with all that is in it.
  uninstall: async () => undefined,
});

function check(file: string): Config {
  try {
    return loadConfig({ configFile: file, env: {} }).config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError(EXIT.ERROR, renderProblems(error.problems, 'error'), `Mend ${file}, and run this again.`);
  }
}

/** A service has its data where the system keeps such things. A path that somebody has chosen outside of this directory stays. */
function withDataDirectory(text: string, config: Config): string {
  if (!config.storage.data_dir.startsWith(`${resolve('.')}/`)) return text;
  const document = parseDocument(text);
  document.setIn(['storage', 'data_dir'], PATHS.data);
  return document.toString({ lineWidth: 0 });
}

function describeOldData(file: string): string {
  const { data_dir: old } = check(file).storage;
  if (!existsSync(old) || old === PATHS.data) return '.';
  return `, with data in ${PATHS.data}. What is in ${old} stays there; to take it along, stop Vant and: cp -a ${old}/. ${PATHS.data}/ && chown -R vant: ${PATHS.data}`;
}
