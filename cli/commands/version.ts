/** `vant version` */
import type { Command } from 'commander';
import { describeBuild, type BuildInfo } from '../../server/build-info.ts';
import { openOwnWebBundle } from '../../server/http/web-bundle.ts';
import { findNativeParts } from '../../server/program/native-parts.ts';
import { writeLine } from '../output.ts';
import { toJsonLine } from '../terminal-text.ts';

export function registerVersionCommand(program: Command): void {
  program
    .command('version')
    .description('print which program this is: version, source, web app')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const build = describeBuild((await openOwnWebBundle())?.hash);
      const nativeParts = findNativeParts();
      if (json === true) await writeLine(toJsonLine({ ...build, ...(nativeParts !== undefined && { nativeParts }) }));
      else for (const line of renderBuild(build)) await writeLine(line);
    });
}

export function renderBuild({ version, commit, protocolVersion, nodeVersion, webBundle }: BuildInfo): string[] {
  return [
    `vant ${version}`,
    `commit ${commit ?? 'unknown'}`,
    `protocol ${protocolVersion}`,
    `node ${nodeVersion}`,
    webBundle === undefined ? 'no web app in this build' : `web app ${webBundle}`,
  ];
}
