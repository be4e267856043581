/** What an authority said, or why it could not be asked, in one sentence with its remedy. */

export interface AcmeProblem {
  /** The last part of urn:ietf:params:acme:error:… (RFC 8555, 6.7), or a code of ours. */
  readonly type: string;
  readonly detail: string;
  /** The name that it is about. */
  readonly name?: string | undefined;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly subproblems?: readonly AcmeProblem[] | undefined;
}

export class AcmeError extends Error {
  override readonly name = 'AcmeError';
  readonly problem: AcmeProblem;

  constructor(problem: AcmeProblem, cause?: unknown) {
    super(`${problem.type}: ${problem.detail}`, { cause });
    this.problem = problem;
  }

  /** One sentence of what is wrong, one of what to do. */
  get explanation(): string {
    return explain(this.problem);
  }
}

/** Authorities use their types differently; the detail says what was meant. */
function toKind({ type, detail }: AcmeProblem): string {
  const isVague = type === 'malformed' || type === 'unauthorized' || type === 'unknown';
  if (isVague && /resolving|NXDOMAIN|no such host/i.test(detail)) return 'dns';
  return isVague && /failed to connect|connection refused|timeout/i.test(detail) ? 'connection' : type;
}

interface Words {
  readonly seen: string;
  readonly remedy: string;
}

function explain(problem: AcmeProblem): string {
  const [first] = problem.subproblems ?? [];
  // An order that failed says in its parts what was wrong with which name.
  if (problem.type === 'compound' || (problem.type === 'malformed' && first !== undefined))
    return explain(first ?? problem);
  const { seen, remedy } = (WORDS[toKind(problem)] ?? unknown)(problem);
  return `${seen} (${problem.detail.replace(/\.$/, '')}). ${remedy}`;
}

const of = ({ name }: AcmeProblem): string => name ?? 'this name';
const CLOCK = 'Set the clock: timedatectl set-ntp true.';

const unknown = ({ type }: AcmeProblem): Words => ({
  seen: `The certificate authority refuses: ${type}`,
  remedy: 'It is tried again; if it stays so, look at its status page.',
});

const WORDS: Readonly<Record<string, (problem: AcmeProblem) => Words>> = {
  dns: (problem) => ({
    seen: `The certificate authority cannot find ${of(problem)} in the DNS`,
    remedy: `Add an A or AAAA record for ${of(problem)} that leads to this machine, or correct server.public_url.`,
  }),
  caa: (problem) => ({
    seen: `A CAA record of ${of(problem)} does not allow this authority`,
    remedy: 'Add the authority to the CAA record, or remove the record.',
  }),
  connection: (problem) => ({
    seen: `The certificate authority cannot connect to ${of(problem)}`,
    remedy:
      'Open TCP port 443 (and 80) in the firewall, pass it on in the router, and see that the name leads to this machine.',
  }),
  tls: (problem) => ({
    seen: `Another TLS server answers the certificate authority at ${of(problem)}`,
    remedy: 'Let port 443 of that name lead to Vant without a proxy in between, or use tls.acme.challenge: http-01.',
  }),
  unauthorized: (problem) => ({
    seen: `Another server answers the certificate authority at ${of(problem)}`,
    remedy: 'See that the name, in IPv4 and IPv6, leads to this machine, and that no proxy stands in between.',
  }),
  incorrectResponse: (problem) => ({
    seen: `Another server answers the certificate authority at ${of(problem)}`,
    remedy: 'See that the name, in IPv4 and IPv6, leads to this machine, and that no proxy stands in between.',
  }),
  rateLimited: ({ retryAfterMs }) => ({
    seen: 'The certificate authority was asked too often',
    remedy: `Vant asks again ${retryAfterMs === undefined ? 'later' : `in ${describe(retryAfterMs)}`}; to try things out, use its staging directory (tls.acme.directory).`,
  }),
  rejectedIdentifier: (problem) => ({
    seen: `The certificate authority does not certify ${of(problem)}`,
    remedy: 'Use a name or address that is public, or tls.mode: local.',
  }),
  unsupportedIdentifier: (problem) => ({
    seen: `The certificate authority does not certify ${of(problem)}`,
    remedy: 'Use a name instead of an address, another profile (tls.acme.profile), or tls.mode: local.',
  }),
  invalidProfile: () => ({
    seen: 'The certificate authority has no such profile',
    remedy: 'Correct tls.acme.profile, or leave it out.',
  }),
  externalAccountRequired: () => ({
    seen: 'The certificate authority has accounts for its customers only',
    remedy: 'Set tls.acme.eab_key_id and tls.acme.eab_key as it gave them to you.',
  }),
  userActionRequired: () => ({
    seen: 'The certificate authority wants you to agree to new terms',
    remedy: 'Open the address that it names, and restart.',
  }),
  invalidContact: () => ({
    seen: 'The certificate authority does not take this mail address',
    remedy: 'Correct tls.acme.email, or leave it out.',
  }),
  unsupportedContact: () => ({
    seen: 'The certificate authority does not take this mail address',
    remedy: 'Correct tls.acme.email, or leave it out.',
  }),
  noChallenge: () => ({
    seen: 'The certificate authority offers no way to prove the name that is possible here',
    remedy: 'Set tls.acme.challenge to auto, and tls.http_listen so that port 80 is answered.',
  }),
  clock: () => ({
    seen: 'The certificate of the authority itself is not valid at the time that this clock shows',
    remedy: CLOCK,
  }),
  untrusted: () => ({
    seen: 'The certificate authority is not trusted by this machine',
    remedy: 'If it is your own, name its root certificate in tls.acme.ca_file.',
  }),
  unreachable: () => ({
    seen: 'The certificate authority cannot be reached',
    remedy: 'Let this machine out to it (DNS, TCP port 443), and check tls.acme.directory. It is tried again.',
  }),
  notAcme: () => ({
    seen: 'What answers at tls.acme.directory is no ACME server',
    remedy: 'Correct the address; it usually ends with /directory.',
  }),
};

function describe(ms: number): string {
  return ms < 2 * 60 * 60 * 1000 ? `${Math.ceil(ms / 60_000)} minutes` : `${Math.ceil(ms / (60 * 60 * 1000))} hours`;
}

const CLOCK_CODES = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];
const TRUST_CODES = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** Of the connection to the authority. */
export function toNetworkProblem(error: unknown): AcmeProblem {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const type = CLOCK_CODES.includes(code) ? 'clock' : TRUST_CODES.includes(code) ? 'untrusted' : 'unreachable';
  return { type, detail: code === '' ? message : code };
}
