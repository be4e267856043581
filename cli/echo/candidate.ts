/** An ICE candidate as it is told (RFC 8839, section 5.1). */
import { isIP } from 'node:net';

export interface Candidate {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
}

/** Undefined for what names no UDP address, such as a name in the local network (mDNS). */
export function parseCandidate(text: string): Candidate | undefined {
  const [, , protocol = '', , address = '', port] = text.replace(/^a=/, '').split(' ');
  const family = isIP(address);
  if (protocol.toLowerCase() !== 'udp' || (family !== 4 && family !== 6)) return undefined;
  return { address, family, port: Number(port) };
}
