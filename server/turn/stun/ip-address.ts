/** IP addresses between bytes and text. The text is the one that node:dgram gives (inet_ntop), so that it can be compared. */
import { isIPv4, isIPv6 } from 'node:net';

/** @returns 4 or 16 bytes, or undefined for what is no address. A zone (`%eth0`) is not part of it. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  const plain = text.split('%')[0] ?? '';
  return isIPv6(plain) ? parseIPv6(plain) : undefined;
}

function parseIPv6(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const left = toGroups(head);
  const right = toGroups(tail ?? '');
  const groups = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 0xff]));
}

/** `1:2` gives two groups; the last may be written as IPv4 and counts for two. */
function toGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/** @param bytes 4 or 16 of them */
export function formatIpAddress(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : formatIPv6(bytes);
}

/** RFC 5952: lower case, the longest run of zeros left out; IPv4 inside IPv6 with dots, as inet_ntop writes it. */
function formatIPv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  const run = findZeroRun(groups);
  const isMapped = run.start === 0 && ((run.length === 5 && groups[5] === 0xffff) || run.length === 6);
  const words = groups.slice(0, isMapped ? 6 : 8).map((group) => group.toString(16));
  if (isMapped) words.push(bytes.subarray(12).join('.'));
  if (run.length < 2) return words.join(':');
  return `${words.slice(0, run.start).join(':')}::${words.slice(run.start + run.length).join(':')}`;
}

function findZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
