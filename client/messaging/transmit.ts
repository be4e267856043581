/** One attempt to bring one message to all devices of an account, with as many rounds as a changed list of devices
 * takes. */
import { isErrorCode, VantError } from '../../wire/errors.ts';
import type { DeviceMessage, MismatchedDevices, SendRequest, SendResponse } from '../../wire/generated/frames.ts';
import { accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import { ClientError } from '../errors.ts';
import type { StorageTransaction } from '../ports.ts';
import type { Connection } from '../transport/connection.ts';
import { encryptToDevices, type Payload } from './encrypt.ts';
import { findSenderCertificate, obtainSenderCertificate } from './sender-certificate.ts';
import { ensureSessions, type SessionBuilder } from './session-builder.ts';
import { deleteSession, listKnownDevices } from './sessions.ts';

/** An account whose devices change this often within one attempt is left for later. */
const MAX_ROUNDS = 6;

export interface Transmission {
  readonly recipient: AccountId;
  readonly messageId: Uint8Array;
  readonly timestamp: number;
  readonly isUrgent: boolean;
  readonly isEphemeral: boolean;
  /** How long the relay may keep it; 0 for as long as it keeps anything. */
  readonly ttlSeconds: number;
  /** It rings: wakes devices over the channel that their provider has for calls. */
  readonly isCall: boolean;
  /** In the transaction that encrypts, so that what it stores goes with the changed sessions. Undefined when there is
   * nothing to send any more. */
  beforeSending(tx: StorageTransaction): Promise<{ payload: Payload; resend: boolean } | undefined>;
}

/** Resolves to `accepted` or `gone`. Throws VantError for a refusal, ClientError when it cannot be sent now. */
export async function transmit(
  builder: SessionBuilder,
  connection: Connection,
  transmission: Transmission,
): Promise<'accepted' | 'gone'> {
  const { ports } = builder;
  let wanted: ReadonlySet<number> = new Set();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const request = await prepareRequest(builder, transmission, round === 0, wanted);
    if (request === undefined) return 'gone';
    if (request === 'sessions-missing') continue;
    refuseTooLarge(connection, request.messages);
    const { result } = await connection.send(request);
    if (result?.$case === 'accepted') return 'accepted';
    if (result?.$case !== 'mismatchedDevices') throw toError(result);
    const mismatched = result.value;
    ports.log.write('info', 'send.mismatched-devices', { ...mismatched });
    await ports.storage.transaction((tx) => forgetSessions(tx, transmission.recipient, mismatched));
    wanted = new Set([...mismatched.missing, ...mismatched.stale]);
  }
  throw new ClientError('UNREACHABLE', 'The devices of the recipient keep changing.');
}

type Prepared = Omit<SendRequest, 'requestId'> | 'sessions-missing' | undefined;

/** Almost always all that it takes is there: then it is one transaction. */
async function prepareRequest(
  builder: SessionBuilder,
  transmission: Transmission,
  mayBeReady: boolean,
  wanted: ReadonlySet<number>,
): Promise<Prepared> {
  const { ports, api } = builder;
  if (mayBeReady) {
    const request = await ports.storage.transaction(async (tx) => {
      const certificate = await findSenderCertificate(ports, tx);
      return certificate === undefined ? 'sessions-missing' : prepare(builder, tx, transmission, certificate, true);
    });
    if (request !== 'sessions-missing') return request;
  }
  const certificate = await obtainSenderCertificate(ports, api);
  await ensureSessions(builder, transmission.recipient, wanted);
  return ports.storage.transaction((tx) => prepare(builder, tx, transmission, certificate, false));
}

/** @param needsSession whether it is `sessions-missing` when there is no device at all, and not a question to the relay */
async function prepare(
  { ports, account }: SessionBuilder,
  tx: StorageTransaction,
  transmission: Transmission,
  certificate: Uint8Array<ArrayBuffer>,
  needsSession: boolean,
): Promise<Prepared> {
  const { recipient, messageId, timestamp, isUrgent, isEphemeral, ttlSeconds, isCall } = transmission;
  const now = ports.clock.now();
  const known = await listKnownDevices(ports.signal, tx, recipient, now);
  // A session may have been archived since ensureSessions looked.
  const devices = known.flatMap(({ deviceId, registrationId }) =>
    registrationId === undefined ? [] : [{ deviceId, registrationId }],
  );
  if (devices.length < known.length) return 'sessions-missing';
  if (needsSession && devices.length === 0 && recipient !== account.accountId) return 'sessions-missing';
  const prepared = await transmission.beforeSending(tx);
  if (prepared === undefined) return undefined;
  const context = { signal: ports.signal, tx, account, certificate, now };
  return {
    recipient: accountIdToBytes(recipient),
    messageId,
    clientTimestamp: timestamp,
    messages: await encryptToDevices(context, recipient, devices, prepared.payload),
    urgent: isUrgent,
    ephemeral: isEphemeral,
    ttlSeconds,
    resend: prepared.resend,
    call: isCall,
  };
}

async function forgetSessions(
  tx: StorageTransaction,
  recipient: AccountId,
  { extra, stale }: MismatchedDevices,
): Promise<void> {
  for (const deviceId of [...extra, ...stale]) await deleteSession(tx, recipient, deviceId);
}

function refuseTooLarge(connection: Connection, messages: readonly DeviceMessage[]): void {
  const limit = connection.welcome?.maxContentBytes ?? 0;
  const largest = messages.reduce((size, { content }) => Math.max(size, content.length), 0);
  if (limit > 0 && largest > limit) throw new VantError('PAYLOAD_TOO_LARGE', `It may have ${limit} bytes encrypted.`);
}

function toError(result: SendResponse['result']): Error {
  if (result?.$case !== 'error') return new ClientError('BAD_ANSWER', 'An empty answer to a SendRequest.');
  const { code, message, retryAfterMs } = result.value;
  if (!isErrorCode(code)) return new ClientError('BAD_ANSWER', `An unknown error: ${code} ${message}`);
  return new VantError(code, undefined, retryAfterMs > 0 ? { retryAfterMs } : {});
}
