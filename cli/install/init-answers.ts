import { isIP } from 'node:net';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { Questions } from './ask.ts';
import { isPrivate, type Answers } from './starter-config.ts';

/** What the command line has answered already. */
export interface InitOptions {
  readonly domain?: string;
  readonly email?: string;
  readonly behindProxy?: boolean;
  /** No questions: what was not said has its default. */
  readonly yes?: boolean;
}

type Reach = Omit<Answers, 'dataDirectory'>;

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const MAIL = /^[^\s@]+@[^\s@]+$/;

/** At most three questions: the domain, whether a proxy stands in front, and a mail address for the authority. */
export async function collectAnswers(options: InitOptions): Promise<Reach> {
  const questions = options.yes === true ? undefined : new Questions();
  try {
    const domain = await askDomain(options, questions);
    if (domain === undefined) return { domain, isBehindProxy: false, email: undefined };
    const isBehindProxy = options.behindProxy ?? (await questions?.confirm(PROXY_QUESTION)) ?? false;
    const needsMail = !isBehindProxy && !isPrivate(domain);
    return { domain, isBehindProxy, email: needsMail ? await askMail(options, questions) : undefined };
  } finally {
    questions?.close();
  }
}

const PROXY_QUESTION = 'Does a reverse proxy on this machine (Caddy, nginx) have the certificate?';

async function askDomain({ domain }: InitOptions, questions: Questions | undefined): Promise<string | undefined> {
  const text =
    domain ??
    (await questions?.ask('Domain or address that people will type (empty: this machine only):', findDomainProblem)) ??
    '';
  const problem = findDomainProblem(text);
  if (problem !== undefined) throw new CommandError(EXIT.USAGE, problem);
  return text === '' ? undefined : toHost(text);
}

async function askMail({ email }: InitOptions, questions: Questions | undefined): Promise<string | undefined> {
  const text =
    email ??
    (await questions?.ask("Your e-mail, for Let's Encrypt to reach you (may be empty):", findMailProblem)) ??
    '';
  const problem = findMailProblem(text);
  if (problem !== undefined) throw new CommandError(EXIT.USAGE, problem);
  return text === '' ? undefined : text;
}

/** People paste what the browser shows. */
const toHost = (text: string): string =>
  text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();

function findDomainProblem(text: string): string | undefined {
  const host = toHost(text);
  if (text === '' || isIP(host) !== 0 || (HOST_NAME.test(host) && !/^[\d.]+$/.test(host))) return undefined;
  return `"${text}" is no domain and no address. Write it like chat.example.org or 192.168.1.20, without a port.`;
}

const findMailProblem = (text: string): string | undefined =>
  text === '' || MAIL.test(text) ? undefined : `"${text}" is no e-mail address.`;
