// SealedSenderMultiRecipientMessage: a parsed sent form, ready to be fanned out.
import { inOperation } from '../errors.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import {
  type ParsedMultiRecipient,
  parseMultiRecipient,
  receivedForm,
  type SealedRecipient,
} from './multi-recipient-message.ts';

/** The two arrays are parallel. */
export interface Recipient {
  deviceIds: number[];
  registrationIds: number[];
}

export class SealedSenderMultiRecipientMessage {
  readonly #parsed: ParsedMultiRecipient;
  readonly #recipientMap: Readonly<Record<string, Recipient>>;
  readonly #sealed = new Map<Recipient, SealedRecipient>();

  constructor(buffer: Bytes) {
    this.#parsed = inOperation('SealedSenderMultiRecipientMessage_Parse', () => parseMultiRecipient(copyBytes(buffer)));
    // No prototype: the only keys are service ids.
    const map = Object.create(null) as Record<string, Recipient>;
    for (const sealed of this.#parsed.recipients) {
      const recipient = toRecipient(sealed);
      map[sealed.serviceId.getServiceIdString()] = recipient;
      this.#sealed.set(recipient, sealed);
    }
    this.#recipientMap = map;
  }

  recipientsByServiceIdString(): Readonly<Record<string, Recipient>> {
    return this.#recipientMap;
  }

  /** No recipient is among them. */
  excludedRecipientServiceIdStrings(): readonly string[] {
    return this.#parsed.excluded.map((serviceId) => serviceId.getServiceIdString());
  }

  /** The payload for all devices of a recipient, which must be one of this message's. */
  messageForRecipient(recipient: Recipient): Bytes {
    const sealed = this.#sealed.get(recipient);
    if (sealed === undefined) throw new TypeError('not a recipient of this message');
    return receivedForm(this.#parsed, sealed);
  }
}

function toRecipient({ devices }: SealedRecipient): Recipient {
  return {
    deviceIds: devices.map(({ deviceId }) => deviceId),
    registrationIds: devices.map(({ registrationId }) => registrationId),
  };
}
