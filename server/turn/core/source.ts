/** @returns what counts as one source: an IPv4 address, or the /64 of an IPv6 address. */
export function toSource(address: string): string {
  if (!address.includes(':')) return address;
  const [head = ''] = address.split('::');
  return `${head.split(':').slice(0, 4).join(':')}::/64`;
}
