/** RTP packets (RFC 3550) on their way back to where they came from: the same sound, as a stream of ours. */

const FIXED_HEADER_BYTES = 12;
const VERSION = 2;
/** What an Ethernet takes; more is no sound. */
const MAX_PACKET_BYTES = 1500;

/** @returns undefined for what is not a packet with this payload type, RTCP for one (RFC 5761, section 4) */
export function reflectPacket(packet: Uint8Array, payloadType: number, ssrc: number): Uint8Array | undefined {
  if (packet.length < FIXED_HEADER_BYTES || packet.length > MAX_PACKET_BYTES) return undefined;
  const [first = 0, second = 0] = packet;
  if (first >> 6 !== VERSION || (second & 0x7f) !== payloadType) return undefined;
  const headerBytes = FIXED_HEADER_BYTES + 4 * (first & 0x0f);
  const extensionBytes = (first & 0x10) === 0 ? 0 : readExtensionBytes(packet, headerBytes);
  if (headerBytes + extensionBytes > packet.length) return undefined;
  // Header extensions are numbered by each side as it likes, and tell of the way that this packet has gone: they do not go back.
  const reflected = new Uint8Array(packet.length - extensionBytes);
  reflected.set(packet.subarray(0, headerBytes));
  reflected.set(packet.subarray(headerBytes + extensionBytes), headerBytes);
  reflected[0] = first & ~0x10;
  new DataView(reflected.buffer).setUint32(8, ssrc);
  return reflected;
}

/** Section 5.3.1: two bytes of profile, two of length in words. */
function readExtensionBytes(packet: Uint8Array, at: number): number {
  if (at + 4 > packet.length) return Infinity;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return 4 + 4 * view.getUint16(at + 2);
}
