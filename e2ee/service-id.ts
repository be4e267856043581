// Service ids: an account as seen by those who know it (ACI), or by its phone number (PNI).
import { inOperation, invalidArgument } from './errors.ts';
import { type Bytes, concatBytes, copyBytes } from './primitives/bytes.ts';
import { parseUuid, requireUuid, stringifyUuid, UUID_BYTES } from './uuid.ts';

export const ServiceIdKind = { Aci: 0, Pni: 1 } as const;
export type ServiceIdKind = (typeof ServiceIdKind)[keyof typeof ServiceIdKind];

/** Kind byte and UUID. */
export const SERVICE_ID_FIXED_WIDTH_BYTES = 1 + UUID_BYTES;
const PNI_PREFIX = 'PNI:';

type ServiceIdClass<T extends ServiceId> = abstract new (fixedWidth: Bytes) => T;

export abstract class ServiceId {
  readonly #fixedWidth: Bytes;

  constructor(serviceIdFixedWidthBinary: Bytes) {
    if (serviceIdFixedWidthBinary.length !== SERVICE_ID_FIXED_WIDTH_BYTES) {
      throw new TypeError('invalid Service-Id-FixedWidthBinary');
    }
    this.#fixedWidth = copyBytes(serviceIdFixedWidthBinary);
  }

  /** The variable form: an ACI without its kind byte. */
  getServiceIdBinary(): Bytes {
    return copyBytes(this.#isAci() ? this.#fixedWidth.subarray(1) : this.#fixedWidth);
  }

  getServiceIdFixedWidthBinary(): Bytes {
    return copyBytes(this.#fixedWidth);
  }

  getServiceIdString(): string {
    return (this.#isAci() ? '' : PNI_PREFIX) + this.getRawUuid();
  }

  toString(): string {
    return `<${this.#isAci() ? 'ACI' : 'PNI'}:${this.getRawUuid()}>`;
  }

  getRawUuid(): string {
    return stringifyUuid(this.#fixedWidth.subarray(1));
  }

  getRawUuidBytes(): Bytes {
    return copyBytes(this.#fixedWidth.subarray(1));
  }

  isEqual(other: ServiceId): boolean {
    return ServiceId.comparator(this, other) === 0;
  }

  /** By kind, then by the bytes of the UUID; fit for Array.sort. */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- the official signature: usable as a plain function
  static comparator(this: void, lhs: ServiceId, rhs: ServiceId): number {
    const difference = lhs.#fixedWidth.findIndex((byte, i) => byte !== rhs.#fixedWidth[i]);
    if (difference === -1) return 0;
    return (lhs.#fixedWidth[difference] ?? 0) < (rhs.#fixedWidth[difference] ?? 0) ? -1 : 1;
  }

  static parseFromServiceIdFixedWidthBinary<T extends ServiceId>(this: ServiceIdClass<T>, binary: Bytes): T {
    return downcast(fromFixedWidth(binary), this);
  }

  /** 16 bytes are an ACI, 17 a PNI: an ACI with its kind byte is not a service id in this form. */
  static parseFromServiceIdBinary<T extends ServiceId>(this: ServiceIdClass<T>, binary: Bytes): T {
    const id = inOperation('ServiceId_ParseFromServiceIdBinary', () => {
      if (binary.length === UUID_BYTES) return Aci.fromUuidBytes(binary);
      const isPni = binary.length === SERVICE_ID_FIXED_WIDTH_BYTES && binary[0] === ServiceIdKind.Pni;
      if (!isPni) throw invalidArgument('invalid Service-Id-Binary');
      return new Pni(binary);
    });
    return downcast(id, this);
  }

  static parseFromServiceIdString<T extends ServiceId>(this: ServiceIdClass<T>, text: string): T {
    const id = inOperation('ServiceId_ParseFromServiceIdString', () => {
      const parsed = parseServiceId(text);
      if (parsed === null) throw invalidArgument('invalid Service-Id-String');
      return parsed;
    });
    return downcast(id, this);
  }

  static toConcatenatedFixedWidthBinary(serviceIds: ServiceId[]): Bytes {
    return concatBytes(...serviceIds.map((id) => id.#fixedWidth));
  }

  #isAci(): boolean {
    return this.#fixedWidth[0] === ServiceIdKind.Aci;
  }
}

export class Aci extends ServiceId {
  // Without it an Aci and a Pni would be one type to the compiler.
  declare protected readonly brand: 'Aci';

  static fromUuid(uuidString: string): Aci {
    return Aci.fromUuidBytes(requireUuid(uuidString));
  }

  static fromUuidBytes(uuidBytes: ArrayLike<number>): Aci {
    return new Aci(withKind(ServiceIdKind.Aci, uuidBytes));
  }
}

export class Pni extends ServiceId {
  declare protected readonly brand: 'Pni';

  static fromUuid(uuidString: string): Pni {
    return Pni.fromUuidBytes(requireUuid(uuidString));
  }

  static fromUuidBytes(uuidBytes: ArrayLike<number>): Pni {
    return new Pni(withKind(ServiceIdKind.Pni, uuidBytes));
  }
}

/** Null unless `text` is a service id: hexadecimal digits of either case, hyphens required. */
export function parseServiceId(text: string): ServiceId | null {
  const isPni = text.startsWith(PNI_PREFIX);
  const uuid = parseUuid(isPni ? text.slice(PNI_PREFIX.length) : text);
  if (uuid === null) return null;
  return isPni ? Pni.fromUuidBytes(uuid) : Aci.fromUuidBytes(uuid);
}

/** Null unless `text` is an ACI. */
export function parseAci(text: string): Aci | null {
  const id = parseServiceId(text);
  return id instanceof Aci ? id : null;
}

function withKind(kind: ServiceIdKind, uuidBytes: ArrayLike<number>): Bytes {
  if (uuidBytes.length !== UUID_BYTES) throw new TypeError('a UUID has 16 bytes');
  return Uint8Array.from([kind, ...Array.from(uuidBytes)]);
}

function fromFixedWidth(binary: Bytes): ServiceId {
  if (binary[0] === ServiceIdKind.Aci) return new Aci(binary);
  if (binary[0] === ServiceIdKind.Pni) return new Pni(binary);
  throw new TypeError('unknown type in Service-Id-FixedWidthBinary');
}

function downcast<T extends ServiceId>(id: ServiceId, expected: ServiceIdClass<T>): T {
  if (id instanceof expected) return id;
  throw new TypeError(`expected ${expected.name}, got ${id.constructor.name}`);
}
