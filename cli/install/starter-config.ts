/** The configuration that `vant init` writes: what the answers need, each line with its reason, and nothing that is a default. */
import { isIP } from 'node:net';

export interface Answers {
  /** Name or address that people type, without a scheme; undefined: this machine only. */
  readonly domain: string | undefined;
  /** A reverse proxy on this machine has the certificate. */
  readonly isBehindProxy: boolean;
  readonly email: string | undefined;
  readonly dataDirectory: string;
}

/** Names and addresses of a private network: no public authority certifies them. */
const PRIVATE_NAME = /^[^.]+$|\.(local|lan|home|internal|localhost|home\.arpa)$/i;
const PRIVATE_ADDRESS =
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80:|::1$)/i;

export function isPrivate(domain: string): boolean {
  return isIP(domain) === 0 ? PRIVATE_NAME.test(domain) : PRIVATE_ADDRESS.test(domain);
}

const HEADER = `# The configuration of Vant, written by "vant init". What is not here has its default.
#
#   vant config check    says what is wrong, and where
#   vant config show     prints every option with its value
#
# All options, with what they do: docs/configuration.md. Passwords never stand in this file.
`;

export function renderStarterConfig(answers: Answers): string {
  return [HEADER, ...renderReach(answers), renderStorage(answers)].join('\n');
}

function renderReach({ domain, isBehindProxy, email }: Answers): string[] {
  if (domain === undefined) return [THIS_MACHINE];
  const host = isIP(domain) === 6 ? `[${domain}]` : domain;
  if (isBehindProxy)
    return [renderServer(host, '127.0.0.1:8420', 'The proxy on this machine reaches it there.'), PROXIES];
  const server = renderServer(host, '[::]:443', 'All addresses of this machine, IPv4 and IPv6, on the port of https.');
  return [server, isPrivate(domain) ? LOCAL_AUTHORITY : renderAcme(email)];
}

const THIS_MACHINE = `server:
  # This machine only. For others: run "vant init" again with a domain.
  listen: 127.0.0.1:8420
`;

const renderServer = (host: string, listen: string, why: string): string => `server:
  # What people type; links to invite them are made from it.
  public_url: https://${host}
  # ${why}
  listen: "${listen}"
`;

const PROXIES = `  # Whose X-Forwarded-For header is believed: the proxy. Add its address if it runs on another machine.
  trusted_proxies: [127.0.0.1, "::1"]
`;

const LOCAL_AUTHORITY = `tls:
  # No public authority certifies a name or address of a private network: Vant has an authority of its own, and each device
  # has to trust it once. The page http://ADDRESS/ shows how.
  mode: local
`;

const renderAcme = (email: string | undefined): string => `tls:
  # A certificate that browsers trust, from Let's Encrypt, got and renewed by itself. Ports 443 and 80 must be reached from outside.
  mode: acme
${
  email === undefined
    ? ''
    : `  acme:
    # Where the authority reaches you.
    email: ${JSON.stringify(email)}
`
}`;

const renderStorage = ({ dataDirectory }: Answers): string => `storage:
  # Messages that wait, accounts, keys: what has to survive, and what to back up.
  data_dir: ${JSON.stringify(dataDirectory)}
`;
