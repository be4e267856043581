/** A small internet of network namespaces (ip-netns(8)): a server with a public address, and networks behind NAT with devices in them. Its
 * addresses are of the public internet, because relays refuse others, and lead nowhere: no namespace has a way out. Only root can make them. */
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareNftables } from '../../scripts/prepare-nftables.ts';
import { CHROMIUM } from './browser.ts';

/** How a router translates addresses (RFC 4787). `cone`: one outer port for one inner port, open for whom it was used with.
 * `symmetric`: another port, chosen at random, for each peer: what STUN tells is of no use to anybody else. */
export type Nat = 'cone' | 'symmetric';

export interface Network {
  /** Of its router, as the internet sees it. */
  readonly publicAddress: string;
  readonly router: string;
  readonly number: number;
}

export interface Device {
  readonly namespace: string;
  /** Out of reach of any network. */
  leave(): void;
  /** Leaves the network that it is in, and comes into another one: from home into the street. */
  moveTo(network: Network): void;
  /** A program that becomes a Chromium of this device. @param directory where to put it */
  chromium(directory: string): string;
}

export interface Internet {
  /** Of the server. */
  readonly namespace: string;
  readonly serverAddress: string;
  addNetwork(nat: Nat): Network;
  addDevice(network: Network): Device;
  remove(): void;
}

const SERVER_ADDRESS = '11.0.0.1';
const run = (program: string, args: readonly string[], input?: string): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe', ...(input === undefined ? {} : { input }) });
const ip = (...args: string[]): string => run('ip', args);
const within = (namespace: string, ...args: string[]): string => ip('-n', namespace, ...args);

export async function createInternet(): Promise<Internet> {
  const nftables = await prepareNftables(() => undefined);
  const translate = (namespace: string, rules: string): void => {
    execFileSync('ip', ['netns', 'exec', namespace, join(nftables.directory, 'nft'), '-f', '-'], {
      input: rules,
      stdio: 'pipe',
      env: { ...process.env, ...nftables.env },
    });
  };
  const namespaces: string[] = [];
  const addNamespace = (suffix: string): string => {
    const name = `vant-${process.pid}-${suffix}`;
    ip('netns', 'add', name);
    namespaces.push(name);
    within(name, 'link', 'set', 'lo', 'up');
    return name;
  };
  const remove = (): void => namespaces.splice(0).forEach((name) => ip('netns', 'delete', name));
  process.once('exit', remove);
  const namespace = addNamespace('internet');
  within(namespace, 'link', 'add', 'lan', 'type', 'bridge');
  within(namespace, 'address', 'add', `${SERVER_ADDRESS}/24`, 'dev', 'lan');
  within(namespace, 'link', 'set', 'lan', 'up');
  let lastNetwork = 0;
  let lastDevice = 0;
  return {
    namespace,
    serverAddress: SERVER_ADDRESS,
    remove,
    addNetwork(nat) {
      const number = ++lastNetwork;
      const router = addNamespace(`router${number}`);
      const publicAddress = `11.0.0.${100 + number}`;
      ip('link', 'add', 'wan', 'netns', router, 'type', 'veth', 'peer', 'name', `net${number}`, 'netns', namespace);
      within(namespace, 'link', 'set', `net${number}`, 'master', 'lan', 'up');
      within(router, 'address', 'add', `${publicAddress}/24`, 'dev', 'wan');
      within(router, 'link', 'set', 'wan', 'up');
      run('ip', ['netns', 'exec', router, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
      translate(router, rulesOf(nat));
      return { publicAddress, router, number };
    },
    addDevice(network) {
      const device = createDevice(addNamespace(`device${++lastDevice}`), lastDevice);
      device.moveTo(network);
      return device;
    },
  };
}

/** Linux keeps the port where it can, and lets in only what answers. */
const rulesOf = (nat: Nat): string => `table ip nat {
  chain leaving {
    type nat hook postrouting priority srcnat;
    oifname "wan" masquerade${nat === 'symmetric' ? ' fully-random' : ''}
  }
}
table ip filter {
  # As routers at home: what nobody has asked for is dropped, unremembered. Refused, it would be in the way of the port that it was for.
  chain arriving {
    type filter hook input priority filter; policy accept;
    iifname "wan" ct state new drop
  }
  chain passing {
    type filter hook forward priority filter; policy drop;
    iifname "wan" ct state established,related accept
    oifname "wan" accept
  }
}
`;

function createDevice(namespace: string, number: number): Device {
  let link: string | undefined;
  const leave = (): void => {
    if (link !== undefined) within(namespace, 'link', 'delete', link);
    link = undefined;
  };
  return {
    namespace,
    leave,
    moveTo(network) {
      leave();
      link = `eth${network.number}`;
      const inside = `192.168.${network.number}`;
      const port = `dev${number}`;
      ip('link', 'add', link, 'netns', namespace, 'type', 'veth', 'peer', 'name', port, 'netns', network.router);
      within(network.router, 'address', 'add', `${inside}.1/24`, 'dev', port);
      within(network.router, 'link', 'set', port, 'up');
      within(namespace, 'address', 'add', `${inside}.2/24`, 'dev', link);
      within(namespace, 'link', 'set', link, 'up');
      within(namespace, 'route', 'add', 'default', 'via', `${inside}.1`);
    },
    chromium(directory) {
      const file = join(directory, `chromium-${number}`);
      writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${namespace} ${CHROMIUM} "$@"\n`);
      chmodSync(file, 0o755);
      return file;
    },
  };
}
