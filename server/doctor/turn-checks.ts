/** `vant doctor turn`: is the relay reached, does it relay, and is its address one that others can use? */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from '../turn/policy/peer-policy.ts';
import { failure, ok, warning, type Check, type CheckContext, type Finding } from './check.ts';
import { explainProbeError } from './turn/explain-probe-error.ts';
import { checkBuffers, checkPorts } from './turn/examine-host.ts';
import { ProbeError, probeRelay, type ProbeResult } from './turn/probe-relay.ts';
import { findRelayTarget, type RelayTarget } from './turn/relay-target.ts';
import { parseTurnUrl, type TurnUrl } from './turn/turn-url.ts';

const TIMEOUT_MS = 4_000;
/** Of the way through the relay and back. */
const SLOW_ECHO_MS = 500;

export function createTurnChecks({ loaded, options }: CheckContext): readonly Check[] {
  const { url: urls, username = '', password = '' } = options ?? {};
  if (urls !== undefined) return createRelayChecks({ urls, username, password }, false);
  const target = findRelayTarget(loaded);
  if ('finding' in target) return [{ name: 'relay', option: target.option, run: async () => target.finding }];
  const checks = createRelayChecks(target, loaded.config.turn.mode === 'embedded');
  if (loaded.config.turn.mode !== 'embedded') return checks;
  return [
    ...checks,
    { name: 'buffers of the system', option: 'turn.embedded', run: checkBuffers },
    {
      name: 'relay ports',
      option: 'turn.embedded.relay_ports',
      run: () => checkPorts(loaded.config.turn.embedded.relay_ports),
    },
  ];
}

/** @param isEmbedded whether to name options of ours */
function createRelayChecks(target: RelayTarget, isEmbedded: boolean): Check[] {
  const urls = target.urls.map(parseTurnUrl);
  // STUN servers relay nothing.
  const checks = urls
    .filter((url) => url !== undefined)
    .map((url) => ({
      name: `relay over ${url.transport.toUpperCase()}`,
      option: !isEmbedded ? 'turn.external.urls' : `turn.embedded.${url.transport === 'tls' ? 'tls_listen' : 'listen'}`,
      run: () => checkUrl(url, target, isEmbedded),
    }));
  if (checks.length > 0) return checks;
  const nothing = failure('nothing listens for calls', 'Name an address and a port.');
  return [{ name: 'relay', option: 'turn.embedded.listen', run: async () => nothing }];
}

/** All addresses of the name: the worst counts, and all are told. */
async function checkUrl(url: TurnUrl, target: RelayTarget, isEmbedded: boolean): Promise<Finding> {
  const addresses = await resolveHost(url.host);
  if (addresses.length === 0) {
    const option = isEmbedded ? ' (turn.embedded.public_host)' : '';
    return failure(
      `the name ${url.host} is not known to DNS`,
      `Add an A or AAAA record for it, or correct the name${option}.`,
    );
  }
  const findings = await Promise.all(addresses.map((address) => checkAddress(url, address, target, isEmbedded)));
  const worst =
    findings.find(({ status }) => status === 'error') ?? findings.find(({ status }) => status === 'warning');
  const seen = findings.map((finding) => finding.seen).join('; ');
  return { ...(worst ?? ok('')), seen };
}

async function checkAddress(
  { transport, host, port }: TurnUrl,
  address: string,
  target: RelayTarget,
  isEmbedded: boolean,
): Promise<Finding> {
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  try {
    const ca = transport === 'tls' ? await target.findAuthority?.() : undefined;
    const server = { transport, address, port, ca, ...(isIP(host) === 0 && { serverName: host }) };
    return judge(where, await probeRelay(server, target, TIMEOUT_MS), { isEmbedded, isInside: target.isInside });
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    return explainProbeError(error, { where, transport, port, isEmbedded });
  }
}

interface Situation {
  readonly isEmbedded: boolean;
  readonly isInside: boolean | undefined;
}

function judge(
  where: string,
  { mapped, relayed, echoMs }: ProbeResult,
  { isEmbedded, isInside = false }: Situation,
): Finding {
  const seen = `${where} relays: it sees us as ${mapped.address}, gives ${relayed.address} to peers, echo in ${echoMs.toFixed(1)} ms`;
  const isLocalTest = relayed.address.startsWith('127.') || relayed.address === '::1';
  if (!isPublicAddress(relayed.address) && !isLocalTest && !isInside) {
    const option = isEmbedded ? ' (turn.embedded.external_addresses, turn.embedded.stun_server)' : '';
    return warning(
      `${seen}; that address is private, so that peers outside reach it only when they are relayed, too`,
      `Behind NAT, name the public address, or a STUN server to ask${option}. In a network of your own all is well.`,
    );
  }
  if (echoMs <= SLOW_ECHO_MS) return ok(seen);
  return warning(`${seen}, which is slow`, 'Look at the load of the machine and at the network between.');
}

/** One address of each family. */
async function resolveHost(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await Promise.all(
    ([4, 6] as const).map((family) =>
      lookup(host, { family }).then(
        ({ address }) => [address],
        () => [],
      ),
    ),
  );
  return found.flat();
}
