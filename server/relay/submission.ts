/** What happens to a SendRequest: checked, compared with the recipient's devices, appended to each queue, answered. */
import { VantError } from '../../wire/errors.ts';
import {
  type DeviceMessage,
  type MismatchedDevices,
  type SendRequest,
  type SendResponse,
} from '../../wire/generated/frames.ts';
import { accountIdFromBytes, type AccountId, type DeviceId } from '../../wire/ids.ts';
import { MESSAGE_ID_BYTES } from '../../wire/limits.ts';
import type { Account } from '../accounts/account.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { Actor } from '../accounts/actor.ts';
import { toDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type { DeviceEvent } from '../devices/device-events.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { AppendResult, MessageStore, NewEntry } from '../messages/message-store.ts';
import type { Activity } from '../observability/activity.ts';
import type { Urgency } from '../push/urgency.ts';
import type { ConnectionRegistry } from './connection-registry.ts';
import { encodeEnvelope } from './frames.ts';
import type { SubmissionOrder } from './submission-order.ts';

export interface SubmissionLimits {
  readonly maxContentBytes: number;
  readonly messageTtlMs: number;
  readonly queueMaxEnvelopes: number;
}

interface Collaborators {
  readonly directory: AccountDirectory;
  readonly store: MessageStore;
  readonly registry: ConnectionRegistry;
  /** To the node that holds the device's connection, wherever it is. */
  readonly notify: (device: string, event: DeviceEvent) => void;
  /** Queued for a device that is not connected here. */
  readonly mailArrived: (device: string, urgency: Urgency) => void;
  readonly perDevice: RateLimiter;
  readonly perAccount: RateLimiter;
  readonly limits: () => SubmissionLimits;
  readonly activity: Activity;
  readonly now: () => number;
}

type SendResult = NonNullable<SendResponse['result']>;
type Outcome = AppendResult['status'] | 'full';

export class Submission {
  readonly #with: Collaborators;
  /** Queues that were full when last seen: asked before anything is appended to them again. */
  readonly #fullQueues = new Set<string>();

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  /** @param order of the sender's connection
   * @throws VantError MALFORMED_FRAME, PAYLOAD_TOO_LARGE, RATE_LIMITED, NOT_FOUND, QUEUE_FULL, STORAGE_UNAVAILABLE */
  async submit(sender: Actor, request: SendRequest, order: SubmissionOrder): Promise<SendResult> {
    this.#check(request);
    const accountId = accountIdFromBytes(request.recipient);
    const admitted = order.run(() => this.#admit(sender, accountId));
    const account = admitted instanceof Promise ? await admitted : admitted;
    if (account === undefined) throw new VantError('NOT_FOUND', 'There is no such recipient.');
    const mismatch = compareDevices(request.messages, account, sender);
    if (mismatch !== undefined) return { $case: 'mismatchedDevices', value: mismatch };

    const serverTimestamp = this.#with.now();
    if (request.ephemeral) this.#sendEphemeral(accountId, request, serverTimestamp);
    else {
      const gone = await this.#store(accountId, request, serverTimestamp);
      if (gone.length > 0) return { $case: 'mismatchedDevices', value: { missing: [], extra: gone, stale: [] } };
    }
    return { $case: 'accepted', value: { serverTimestamp } };
  }

  /** Rate limits and the recipient's account: mostly at hand, sometimes to be asked for. */
  #admit(sender: Actor, recipient: AccountId): Account | Promise<Account | undefined> {
    const { perDevice, perAccount, directory } = this.#with;
    const senderText = toDeviceText(sender);
    const account = directory.peek(recipient);
    const isDeviceCounted = account !== undefined && perDevice.tryTake(senderText);
    if (isDeviceCounted && perAccount.tryTake(sender.accountId)) return account;
    return this.#admitSlowly(sender, recipient, isDeviceCounted);
  }

  async #admitSlowly(sender: Actor, recipient: AccountId, isDeviceCounted: boolean): Promise<Account | undefined> {
    if (!isDeviceCounted) await this.#with.perDevice.take(toDeviceText(sender));
    await this.#with.perAccount.take(sender.accountId);
    return await this.#with.directory.find(recipient);
  }

  #check(request: SendRequest): void {
    if (request.recipient.length !== 16) throw new VantError('MALFORMED_FRAME', 'recipient must have 16 bytes.');
    if (request.messageId.length !== MESSAGE_ID_BYTES) {
      throw new VantError('MALFORMED_FRAME', `message_id must have ${MESSAGE_ID_BYTES} bytes.`);
    }
    const { maxContentBytes } = this.#with.limits();
    for (const { content } of request.messages) {
      if (content.length === 0) throw new VantError('MALFORMED_FRAME', 'content is empty.');
      if (content.length > maxContentBytes) {
        throw new VantError('PAYLOAD_TOO_LARGE', `content may have ${maxContentBytes} bytes.`);
      }
    }
  }

  /** @returns devices that have been removed meanwhile. */
  async #store(accountId: AccountId, request: SendRequest, serverTimestamp: number): Promise<number[]> {
    const results = await Promise.all(
      request.messages.map((message) => this.#append(toAddress(accountId, message), message, request, serverTimestamp)),
    );
    if (results.every((outcome) => outcome === 'appended')) return [];
    const withOutcome = (outcome: Outcome) => request.messages.filter((_, i) => results[i] === outcome).map(toDeviceId);
    const full = withOutcome('full');
    if (full.length > 0) throw new VantError('QUEUE_FULL', `Devices: ${full.join(', ')}.`);
    const gone = withOutcome('no-device');
    if (gone.length > 0) this.#with.directory.forget(accountId);
    return gone;
  }

  async #append(
    device: DeviceAddress,
    message: DeviceMessage,
    request: SendRequest,
    serverTimestamp: number,
  ): Promise<Outcome> {
    const deviceText = toDeviceText(device);
    const { store, registry, limits, activity } = this.#with;
    const { queueMaxEnvelopes } = limits();
    const delivery = registry.receiver(deviceText)?.delivery;
    if (this.#fullQueues.has(deviceText)) {
      // What has been acknowledged a moment ago takes no room.
      delivery?.removeAcknowledged();
      if ((await store.countQueued(device)) >= queueMaxEnvelopes) return 'full';
      this.#fullQueues.delete(deviceText);
    }
    const entry = this.#toEntry(message, request, serverTimestamp);
    const result = await (delivery === undefined ? store.append(device, entry) : delivery.append(entry));
    if (result.status === 'appended' && result.queueLength > queueMaxEnvelopes) {
      this.#fullQueues.add(deviceText);
      await store.remove(device, [result.entryId]);
      // It was not the delivery that removed this one, so its count is wrong.
      delivery?.resume();
      return 'full';
    }
    if (result.status === 'appended') {
      activity.accepted++;
      activity.acceptedBytes += entry.envelope.length;
    }
    // One that has closed meanwhile delivers nothing any more.
    if (result.status === 'appended' && delivery?.isClosed !== false) {
      this.#with.mailArrived(deviceText, toUrgency(request));
    }
    return result.status;
  }

  #toEntry(message: DeviceMessage, request: SendRequest, serverTimestamp: number): NewEntry {
    const { messageTtlMs } = this.#with.limits();
    const ttlMs = request.ttlSeconds * 1000;
    return {
      messageId: request.messageId,
      envelope: toEnvelope(message, request, serverTimestamp),
      isResend: request.resend,
      ...(ttlMs > 0 && ttlMs < messageTtlMs && { ttlMs }),
    };
  }

  #sendEphemeral(accountId: AccountId, request: SendRequest, serverTimestamp: number): void {
    for (const message of request.messages) {
      const device = toDeviceText(toAddress(accountId, message));
      const envelope = toEnvelope(message, request, serverTimestamp);
      this.#with.notify(device, { type: 'ephemeral', envelope });
    }
  }
}

const toUrgency = ({ urgent, call }: SendRequest): Urgency => (call ? 'call' : urgent ? 'message' : 'quiet');

const toDeviceId = (message: DeviceMessage): number => message.deviceId;

/** compareDevices has found the device in the account, so the number is a DeviceId. */
const toAddress = (accountId: AccountId, message: DeviceMessage): DeviceAddress => ({
  accountId,
  deviceId: message.deviceId as DeviceId,
});

function toEnvelope(message: DeviceMessage, request: SendRequest, serverTimestamp: number): Uint8Array {
  return encodeEnvelope({
    content: message.content,
    messageId: request.messageId,
    clientTimestamp: request.clientTimestamp,
    serverTimestamp,
    urgent: request.urgent,
    ephemeral: request.ephemeral,
  });
}

/** The usual case, without making anything: every entry is right, in rising order, and there are as many as there should be. */
function isExactly(messages: readonly DeviceMessage[], account: Account, sender: Actor): boolean {
  const isOwn = account.accountId === sender.accountId && account.devices.has(sender.deviceId);
  if (messages.length !== account.devices.size - Number(isOwn)) return false;
  let previousId = 0;
  for (const { deviceId, registrationId } of messages) {
    if (deviceId <= previousId || (isOwn && deviceId === sender.deviceId)) return false;
    if (account.devices.get(deviceId as DeviceId)?.registrationId !== registrationId) return false;
    previousId = deviceId;
  }
  return true;
}

/** @returns undefined when the request has exactly the devices that the account has (but the sender's own). */
function compareDevices(
  messages: readonly DeviceMessage[],
  account: Account,
  sender: Actor,
): MismatchedDevices | undefined {
  if (isExactly(messages, account, sender)) return undefined;
  const given = new Map(messages.map((message) => [message.deviceId, message.registrationId]));
  if (given.size !== messages.length) throw new VantError('MALFORMED_FRAME', 'a device is named twice.');
  const mismatch: MismatchedDevices = { missing: [], extra: [], stale: [] };
  for (const [deviceId, record] of account.devices) {
    if (account.accountId === sender.accountId && deviceId === sender.deviceId) continue;
    const registrationId = given.get(deviceId);
    if (registrationId === undefined) mismatch.missing.push(deviceId);
    else if (registrationId !== record.registrationId) mismatch.stale.push(deviceId);
    given.delete(deviceId);
  }
  mismatch.extra.push(...given.keys());
  const isSame = mismatch.missing.length + mismatch.extra.length + mismatch.stale.length === 0;
  return isSame ? undefined : mismatch;
}
