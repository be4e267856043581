/** From an order to a certificate. Every step leaves on the disk what the next start needs to go on from it: a certificate that was issued
 * and not fetched would count against the limits of the authority. */
import { createPrivateKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createSigningRequest } from '../der/x509.ts';
import { coversAll, ownOf, parseStored, type StoredCertificate } from '../stored-certificate.ts';
import type { ChallengeRecord, StateStore } from '../state-store.ts';
import { createKeyPem } from '../temporary-certificate.ts';
import { AcmeError, type AcmeProblem } from './acme-error.ts';
import type { AcmeClient, Authorization, Challenge, ChallengeType, Order } from './acme-client.ts';

export interface ObtainOptions {
  readonly client: AcmeClient;
  readonly store: StateStore;
  readonly directoryUrl: string;
  readonly names: readonly string[];
  readonly profile: string | undefined;
  /** The id of the certificate that is to be replaced. */
  readonly replaces: string | undefined;
  readonly challengeType: ChallengeType;
  /** Puts answers in place, on all nodes; nothing takes them away. */
  readonly answer: (challenges: readonly ChallengeRecord[]) => Promise<void>;
  readonly signal: AbortSignal;
}

interface StoredOrder {
  readonly directoryUrl: string;
  readonly names: readonly string[];
  readonly profile: string | undefined;
  readonly url: string;
  /** PEM, of the certificate to be. */
  readonly key: string;
}

interface Opened {
  readonly order: Order;
  readonly key: string;
}

const POLL_MS = 250;
const LONGEST_POLL_MS = 5_000;
const DEADLINE_MS = 3 * 60_000;

/** @throws AcmeError */
export async function obtainCertificate(options: ObtainOptions): Promise<StoredCertificate> {
  const { client, store, directoryUrl, names, answer, signal } = options;
  const { order, key } = (await resume(options)) ?? (await begin(options));
  let current = order;
  try {
    if (current.status === 'pending') {
      await proveNames(current, options);
      current = await poll(
        signal,
        () => client.readOrder(order.url),
        ({ status }) => status !== 'pending',
      );
    }
    if (current.status === 'ready') {
      current = await client.finalize(current, createSigningRequest(names, createPrivateKey(key)));
    }
    current = await poll(
      signal,
      () => client.readOrder(order.url),
      ({ status }) => status !== 'processing',
      current,
    );
  } finally {
    await answer([]);
  }
  if (current.status !== 'valid' || current.certificate === undefined) {
    await store.remove('order');
    throw new AcmeError(current.error ?? { type: 'unknown', detail: `the order became ${current.status}` });
  }
  const text = JSON.stringify({ from: directoryUrl, cert: await client.download(current.certificate), key });
  const stored = parseStored(text);
  if (stored === undefined || !coversAll(ownOf(stored), names)) {
    await store.remove('order');
    throw new AcmeError({ type: 'unknown', detail: 'the certificate is not the one that was ordered' });
  }
  await store.write('certificate', text);
  await store.remove('order');
  return stored;
}

/** What an earlier attempt, or process, has left. */
async function resume({ client, store, directoryUrl, names, profile }: ObtainOptions): Promise<Opened | undefined> {
  const found = parseOrder(await store.read('order'));
  if (found === undefined) return undefined;
  const isSame =
    found.directoryUrl === directoryUrl && found.names.join() === names.join() && found.profile === profile;
  // Killed between the last two steps: the order has had its certificate.
  const isDone = parseStored(await store.read('certificate'))?.key === found.key;
  if (isSame && !isDone) {
    const order = await client.readOrder(found.url).catch(ignoreRefusal);
    if (order !== undefined && order.status !== 'invalid') return { order, key: found.key };
  }
  await store.remove('order');
  return undefined;
}

/** An authority that does not know the order any more. */
function ignoreRefusal(error: unknown): undefined {
  if (error instanceof AcmeError && error.problem.status !== undefined) return undefined;
  throw error;
}

async function begin({ client, store, directoryUrl, names, profile, replaces }: ObtainOptions): Promise<Opened> {
  const key = createKeyPem();
  const order = await client.createOrder({ names, profile, replaces }).catch(async (error: unknown) => {
    // The authority forgot, or another renewal was quicker (RFC 9773, 5): the certificate is needed all the same.
    if (replaces === undefined || !(error instanceof AcmeError) || !isAboutReplacing(error.problem)) throw error;
    return await client.createOrder({ names, profile });
  });
  const stored: StoredOrder = { directoryUrl, names, profile, url: order.url, key };
  await store.write('order', JSON.stringify(stored));
  return { order, key };
}

const isAboutReplacing = ({ type, detail }: AcmeProblem): boolean =>
  ['alreadyReplaced', 'malformed', 'conflict', 'serverInternal'].includes(type) || /replac/i.test(detail);

function parseOrder(text: string | undefined): StoredOrder | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as StoredOrder);
  } catch {
    return undefined;
  }
}

async function proveNames(
  order: Order,
  { client, store, challengeType, answer, signal }: ObtainOptions,
): Promise<void> {
  const all: Authorization[] = [];
  try {
    for (const url of order.authorizations) all.push(await client.readAuthorization(url));
    const open = all.filter(({ status }) => status === 'pending');
    const chosen = open.map((authorization) => ({ authorization, challenge: choose(authorization, challengeType) }));
    await answer(
      chosen.map(({ authorization: { name }, challenge: { token } }) => ({
        ...{ name, token },
        keyAuthorization: `${token}.${client.thumbprint}`,
      })),
    );
    for (const { challenge } of chosen) await client.respond(challenge);
    for (const { authorization } of chosen) {
      await poll(
        signal,
        () => client.readAuthorization(authorization.url),
        ({ status }) => status !== 'pending',
      );
    }
  } catch (error) {
    // The order is lost with the proof; a new one may do better.
    if (error instanceof AcmeError && !isPassing(error.problem)) await store.remove('order');
    throw error;
  }
}

const isPassing = ({ type }: AcmeProblem): boolean =>
  ['unreachable', 'rateLimited', 'clock', 'untrusted'].includes(type);

function choose({ challenges, name }: Authorization, type: ChallengeType): Challenge {
  const found = challenges.find((challenge) => challenge.type === type);
  if (found !== undefined) return found;
  const offered = challenges.map((challenge) => challenge.type).join(', ');
  throw new AcmeError({ type: 'noChallenge', detail: `it offers ${offered}`, name });
}

async function poll<T>(
  signal: AbortSignal,
  look: () => Promise<T>,
  isDone: (value: T) => boolean,
  first?: T,
): Promise<T> {
  if (first !== undefined && isDone(first)) return first;
  const deadline = performance.now() + DEADLINE_MS;
  for (let waitMs = POLL_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_POLL_MS)) {
    const value = await look();
    if (isDone(value)) return value;
    if (performance.now() > deadline) {
      throw new AcmeError({ type: 'unreachable', detail: `no decision within ${DEADLINE_MS / 60_000} minutes` });
    }
    await delay(waitMs, undefined, { signal });
  }
}
