/** Whether Vant sees the addresses of clients or that of the proxy: limits by address would be shared by everybody. */
import { isIP } from 'node:net';
import { ADDRESS_PATH, type SeenAddress } from '../http/seen-address.ts';
import { ask, nameError } from './ask.ts';
import { failure, ok, warning, type Finding } from './check.ts';
import type { PublicAddress } from './public-address.ts';

export async function checkProxy({ url, isLocal }: PublicAddress): Promise<Finding> {
  let seen: Partial<SeenAddress>;
  try {
    seen = JSON.parse((await ask(new URL(ADDRESS_PATH, url))).text) as Partial<SeenAddress>;
  } catch (error) {
    return warning(`Vant does not answer at ${url.host} (${nameError(error)})`, 'See the check of the WebSocket.');
  }
  const { address = '', peer = '', isForwarded = false, isPeerTrusted = false } = seen;
  return judgeAddress({ address, peer, isForwarded, isPeerTrusted }, isLocal);
}

export function judgeAddress({ address, peer, isForwarded, isPeerTrusted }: SeenAddress, isLocal: boolean): Finding {
  if (isIP(address) === 0) {
    return warning('what answers is not Vant', 'Let the proxy send all paths to Vant.');
  }
  if (isForwarded && !isPeerTrusted) {
    return failure(
      `a proxy at ${peer} says for whom it asks, and Vant does not believe it: all clients share the limits of one address`,
      `Add it: server.trusted_proxies: [${peer}]`,
    );
  }
  if (!isForwarded && isPeerTrusted && !isLocal) {
    return failure(
      `the proxy at ${peer} does not say for whom it asks: all clients share the limits of one address`,
      'nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; Caddy and Traefik do it by themselves.',
    );
  }
  if (!isForwarded && isLoopback(peer) && !isLocal) {
    return failure(
      `requests come from ${peer}, so from a proxy on this machine, which does not say for whom it asks`,
      `Let it send X-Forwarded-For, and add it: server.trusted_proxies: [${peer}]`,
    );
  }
  return ok(isForwarded ? `${address}, as the proxy at ${peer} says` : `${address}, without a proxy`);
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
