/** A certificate authority of the tests, made with openssl: what an admin would have from elsewhere. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../../../server/turn/net/stream-listener.ts';
import { createTestDirectory } from '../redis-process.ts';

export interface TestAuthority {
  readonly directory: string;
  readonly certificate: string;
  /** PEM, with the intermediate. @param options of openssl x509, such as -not_after */
  issue(names: readonly string[], options?: IssueOptions): Certificate;
}

interface IssueOptions {
  readonly days?: number;
  /** Both as YYYYMMDDHHMMSSZ. */
  readonly from?: string;
  readonly until?: string;
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A root with one authority below it. */
export function createAuthority(): TestAuthority {
  const directory = createTestDirectory();
  const at = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  openssl('req', '-x509', ...CURVE, '-days', '30', '-keyout', 'root.key', '-out', 'root.pem', '-subj', '/CN=test root');
  openssl('req', ...CURVE, '-keyout', 'ca.key', '-out', 'ca.csr', '-subj', '/CN=test authority');
  writeFileSync(at('ca.ext'), 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n');
  const sign = (issuer: string, csr: string, extensions: string, out: string, rest: readonly string[]) =>
    openssl(
      ...['x509', '-req', '-in', csr, '-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'],
      ...['-extfile', extensions, '-out', out, ...rest],
    );
  sign('root', 'ca.csr', 'ca.ext', 'ca.pem', ['-days', '20']);
  // openssl x509 of Debian 12 knows no dates, openssl ca does.
  writeFileSync(at('index.txt'), '');
  writeFileSync(at('serial'), '1000\n');
  writeFileSync(
    at('ca.cnf'),
    [
      '[ca]\ndefault_ca=test\n[test]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\nunique_subject=no',
      'certificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=optional\n',
    ].join('\n'),
  );
  let count = 0;
  return {
    directory,
    certificate: readFileSync(at('root.pem'), 'utf8'),
    issue(names, { days = 10, from, until } = {}) {
      const name = `leaf${++count}`;
      const alternatives = names.map((each) => `${/^[\d.]+$|:/.test(each) ? 'IP' : 'DNS'}:${each}`).join(',');
      writeFileSync(at(`${name}.ext`), `subjectAltName=${alternatives}\n`);
      openssl('req', ...CURVE, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${names[0] ?? 'none'}`);
      const dates =
        from === undefined || until === undefined ? ['-days', `${days}`] : ['-startdate', from, '-enddate', until];
      openssl(
        ...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', `${name}.csr`, '-extfile', `${name}.ext`],
        ...['-out', `${name}.pem`, ...dates],
      );
      const read = (file: string) => readFileSync(at(file), 'utf8');
      return { cert: read(`${name}.pem`) + read('ca.pem'), key: read(`${name}.key`) };
    },
  };
}
