import { findNearName } from './near-name.ts';
import type { Group } from './option.ts';
import type { Problem } from './problem.ts';
import { childrenOf, ENTRIES, toEnvName, toFileKey } from './registry.ts';

type Explanation = Pick<Problem, 'option' | 'message' | 'help'>;

/** What a name that nobody declared most likely means: a typo, another section, or a path with dots. */
export function explainUnknownName(name: string, group: Group, parents: readonly string[]): Explanation {
  const path = [...parents, showName(name)].join('.');
  const message = parents.length === 0 ? 'there is no such section' : 'there is no such option';
  return { option: path, message, help: suggestName(name, group, parents) };
}

/** A name as an error may print it: anything but a plain word may be a mislaid password, or command a terminal. */
export function showName(name: string): string {
  return /^[\w.-]{1,64}$/.test(name) ? name : '…';
}

function suggestName(name: string, group: Group, parents: readonly string[]): string {
  const known = namesIn(group);
  const near = findNearName(name, known) ?? findNearSecret(name, group);
  if (near !== undefined) return `Did you mean ${near}?`;
  const elsewhere = findElsewhere(name);
  if (elsewhere !== undefined) return `Did you mean ${elsewhere}? ${nest(elsewhere)}`;
  const where = parents.length === 0 ? 'The sections are' : `${parents.join('.')} knows`;
  return `${where} ${known.join(', ')}.`;
}

/** Names as they may stand in the file: a secret only as the name of its file. */
function namesIn(group: Group): string[] {
  return Object.entries(childrenOf(group)).map(([key, node]) => (node.node === 'secret' ? toFileKey(key) : key));
}

/** `pasword` is far from `password_file`, which is what should stand here. */
function findNearSecret(name: string, group: Group): string | undefined {
  const children = childrenOf(group);
  const secrets = Object.keys(children).filter((key) => children[key]?.node === 'secret');
  const near = findNearName(name, secrets);
  return near === undefined ? undefined : toFileKey(near);
}

function findElsewhere(name: string): string | undefined {
  const paths = ENTRIES.map(({ path, declaration }) => (declaration.node === 'secret' ? toFileKey(path) : path));
  if (name.includes('.')) return findNearName(name, paths);
  const matching = paths.filter((path) => path.endsWith(`.${name}`));
  return matching.length === 1 ? matching[0] : undefined;
}

function nest(path: string): string {
  const segments = path.split('.');
  const last = segments.pop() ?? '';
  return `${last} stands indented below ${segments.map((segment) => `"${segment}:"`).join(', ')}.`;
}

/** A password in the file would be in every backup, ticket and screenshot of it. */
export function explainLiteralSecret(path: string): Explanation {
  const key = path.split('.').at(-1) ?? path;
  const envName = toEnvName(path);
  return {
    option: path,
    message: 'a secret does not stand in this file',
    help: [
      'Give it in one of three ways:',
      `  ${toFileKey(key)}: PATH     a file that holds nothing else and that only Vant can read`,
      `  ${envName}  in the environment, or ${envName}_FILE with the path of a file`,
      `  a systemd credential named ${path} (LoadCredential= or LoadCredentialEncrypted=)`,
      'Change the one written here: it may have been copied already.',
    ].join('\n    '),
  };
}

/** An unknown `VANT_*` name: its value is not shown, for it may be a password. */
export function explainUnknownEnv(name: string, known: readonly string[]): Explanation {
  const near = findNearName(
    name.replace(/^VANT_/, ''),
    known.map((full) => full.replace(/^VANT_/, '')),
  );
  return {
    message: `${name} is not an option`,
    help: near === undefined ? 'docs/configuration.md lists the names. Remove this one.' : `Did you mean VANT_${near}?`,
  };
}
