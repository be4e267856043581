import { derived, group, option, optional } from '../option.ts';
import { byteSize } from '../values/byte-size.ts';
import { cidr } from '../values/cidr.ts';
import { duration } from '../values/duration.ts';
import { hostPort, listenIpAddress, type HostPort } from '../values/host-port.ts';
import { integer } from '../values/integer.ts';
import { ipAddress } from '../values/ip-address.ts';
import { list } from '../values/list.ts';
import { path } from '../values/path.ts';
import { portRange } from '../values/port-range.ts';
import { text } from '../values/text.ts';

const DEFAULT_PORT = 3478;
const LOOPBACK = /^(localhost|127\.|\[?::1)/;

/** Nobody else can use a server that others cannot reach: then its TURN server need not be reached either. */
function isForThisMachine(lookup: (path: string) => unknown): boolean {
  const { hostname } = new URL(lookup('server.public_url') as string);
  return LOOPBACK.test(hostname) && LOOPBACK.test((lookup('server.listen') as HostPort).host);
}

const listenOn = (...hosts: string[]): readonly HostPort[] => hosts.map((host) => ({ host, port: DEFAULT_PORT }));

export const turnEmbedded = group('The TURN server inside Vant (turn.mode: embedded).', {
  listen: derived(list(listenIpAddress(), 'list of address:port'), {
    derived: {
      text: '[0.0.0.0:3478, "[::]:3478"]; while server.public_url and server.listen are of this machine only, [127.0.0.1:3478, "[::1]:3478"]',
      compute: (lookup) => (isForThisMachine(lookup) ? listenOn('127.0.0.1', '::1') : listenOn('0.0.0.0', '::')),
    },
    description:
      'Addresses and ports, for UDP and TCP alike. Open them in the firewall; a reverse proxy cannot stand in front. If a port is taken, Vant says so, goes on without it, and tries again.',
    example: '[203.0.113.7:3478]',
    reload: 'restart',
    since: '0.1.0',
  }),
  tls_listen: option(list(listenIpAddress(), 'list of address:port'), {
    default: '[]',
    description:
      'Addresses and ports for TURN over TLS, for networks that let nothing else through. With a tls.mode other than off the port of server.listen serves it anyway, beside HTTPS, and this one takes the same certificate; else it needs tls_cert_file and tls_key_file. 5349 is the usual port; 443 passes more networks, if nothing else has it.',
    example: '[0.0.0.0:5349]',
    reload: 'restart',
    since: '0.1.0',
  }),
  tls_cert_file: optional(path({ mustBe: 'readable-file' }), {
    description:
      'The certificate (PEM, with its chain) for the name in public_host. Browsers refuse others. It is read again when the file changes. Not set: the certificate of tls.mode.',
    example: '/etc/letsencrypt/live/chat.example.org/fullchain.pem',
    reload: 'restart',
    since: '0.1.0',
  }),
  tls_key_file: optional(path({ mustBe: 'readable-file' }), {
    description: 'The private key (PEM) of tls_cert_file.',
    example: '/etc/letsencrypt/live/chat.example.org/privkey.pem',
    reload: 'restart',
    since: '0.1.0',
  }),
  public_host: derived(text(), {
    derived: {
      text: 'the host of server.public_url',
      compute: (lookup) => new URL(lookup('server.public_url') as string).hostname.replace(/^\[(.*)\]$/, '$1'),
    },
    description:
      'The name or address under which devices reach these ports. Set it when the web server is reached through something that passes no UDP (a CDN, a tunnel).',
    example: 'turn.example.org',
    reload: 'restart',
    since: '0.1.0',
  }),
  external_addresses: option(list(ipAddress(), 'list of IP addresses'), {
    default: '[]',
    description:
      'The public addresses of this machine, at most one IPv4 and one IPv6. Left empty, Vant finds them: from its interfaces, from stun_server, or by looking up public_host. Set it when the machine is behind NAT and `vant doctor turn` says that a wrong address was found.',
    example: '[203.0.113.7]',
    reload: 'restart',
    since: '0.1.0',
  }),
  stun_server: optional(hostPort(), {
    description:
      'A STUN server outside of your network that Vant asks for its public address, every half a minute, so that it follows when your provider changes it. Only needed behind NAT. That server learns that yours exists, and nothing else.',
    example: 'stun.example.net:3478',
    reload: 'restart',
    since: '0.1.0',
  }),
  relay_ports: option(portRange(), {
    default: '20000-20999',
    description:
      'UDP ports for relayed calls, one for each allocation. Open them in the firewall, too. Choose them outside of what the system gives to outgoing connections (32768-60999 on Linux), or ports will be taken now and then.',
    reload: 'restart',
    since: '0.1.0',
  }),
  allow_peers: option(list(cidr(), 'list of addresses or networks'), {
    default: '[]',
    description:
      'Networks that are not part of the public internet and may be reached through the relay all the same. By default none may: a relay inside your network is a way around its firewall. Name what callers are in, and no more.',
    example: '[10.8.0.0/24]',
    reload: 'restart',
    since: '0.1.0',
  }),
  deny_peers: option(list(cidr(), 'list of addresses or networks'), {
    default: '[]',
    description:
      'Networks that may not be reached through the relay although they are public. They win over allow_peers.',
    example: '[198.51.100.0/24]',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_allocations: option(integer({ min: 1, max: 60_000 }), {
    default: '1000',
    description:
      'The most allocations at once. A device in a call has three to twelve, one for each of its networks and each way to reach the relay. At most as many as there are relay_ports.',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_allocations_per_device: option(integer({ min: 1, max: 1000 }), {
    default: '24',
    description: 'The most allocations of one device. Below 12 some calls fail.',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_allocations_per_address: option(integer({ min: 1, max: 60_000 }), {
    default: '200',
    description: 'The most allocations from one IPv4 address or IPv6 /64. A whole office can share one address.',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_lifetime: option(duration({ min: '10m', max: '24h' }), {
    default: '1h',
    description: 'The longest time for which a device gets an allocation before it has to ask again.',
    reload: 'restart',
    since: '0.1.0',
  }),
  bandwidth_per_allocation: option(byteSize({ min: '8KiB', max: '1GiB' }), {
    default: '256KiB',
    description:
      'The most bytes a second through one allocation, both directions together. A voice call takes about 12 KiB. What is above is dropped.',
    reload: 'restart',
    since: '0.1.0',
  }),
  bandwidth_total: optional(byteSize({ min: '64KiB', max: '100GiB' }), {
    description: 'The most bytes a second through all allocations. Not limited when not set.',
    example: '10MiB',
    reload: 'restart',
    since: '0.1.0',
  }),
  replies_per_address: option(integer({ min: 1, max: 1_000_000 }), {
    default: '100',
    description:
      'The most answers a second over UDP to one address that has not authenticated. It keeps the server from being used against others, whose addresses are easily forged.',
    reload: 'restart',
    since: '0.1.0',
  }),
});
