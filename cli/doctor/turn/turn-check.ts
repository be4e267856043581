/** `vant doctor turn`: is the relay reached, does it relay, and is its address one that others can use? */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from '../../../server/turn/policy/peer-policy.ts';
import { bad, ok, type Examination, type Finding } from '../finding.ts';
import { explainProbeError } from './explain-probe-error.ts';
import { examineHost } from './examine-host.ts';
import { ProbeError, probeRelay, type ProbeResult } from './probe-relay.ts';
import { findRelayTarget, type RelayTarget } from './relay-target.ts';
import { parseTurnUrl, type TurnUrl } from './turn-url.ts';

const TIMEOUT_MS = 4_000;
/** Of the way through the relay and back, from this machine to itself. */
const SLOW_ECHO_MS = 100;

export const turnExamination: Examination = {
  async *examine({ loaded }) {
    const target = findRelayTarget(loaded);
    if ('status' in target) {
      yield target;
      return;
    }
    const isEmbedded = loaded.config.turn.mode === 'embedded';
    yield* await checkRelay(target, isEmbedded);
    if (isEmbedded) yield* await examineHost(loaded.config);
  },
};

/** From wherever it is run. @param isEmbedded whether to name options of ours */
export async function checkRelay(target: RelayTarget, isEmbedded: boolean): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const url of target.urls) {
    const parsed = parseTurnUrl(url);
    // STUN servers relay nothing.
    if (parsed !== undefined) findings.push(...(await checkUrl(parsed, target, isEmbedded)));
  }
  if (findings.length > 0) return findings;
  return [bad('error', 'turn', 'Nothing listens for calls.', 'Set turn.embedded.listen.', 'turn.embedded.listen')];
}

async function checkUrl(url: TurnUrl, target: RelayTarget, isEmbedded: boolean): Promise<Finding[]> {
  const check = `turn.${url.transport}`;
  const addresses = await resolveHost(url.host);
  if (addresses.length === 0) {
    return [
      bad(
        'error',
        check,
        `The name ${url.host} is not known to DNS.`,
        'Add an A or AAAA record for it, or correct the name.',
        isEmbedded ? 'turn.embedded.public_host' : 'turn.external.urls',
      ),
    ];
  }
  return await Promise.all(addresses.map((address) => checkAddress(url, address, target, isEmbedded)));
}

async function checkAddress(
  { transport, host, port }: TurnUrl,
  address: string,
  target: RelayTarget,
  isEmbedded: boolean,
): Promise<Finding> {
  const check = `turn.${transport}`;
  const where = `${transport.toUpperCase()} ${address.includes(':') ? `[${address}]` : address}:${port}`;
  try {
    const server = { transport, address, port, ...(isIP(host) === 0 && { serverName: host }) };
    return judge(check, where, await probeRelay(server, target, TIMEOUT_MS), isEmbedded);
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    return explainProbeError(error, { check, where, transport, port, isEmbedded });
  }
}

function judge(check: string, where: string, { mapped, relayed, echoMs }: ProbeResult, isEmbedded: boolean): Finding {
  const seen = `${where} relays: it sees us as ${mapped.address}, gives ${relayed.address} to peers, echo in ${echoMs.toFixed(1)} ms.`;
  const isLocalTest = relayed.address.startsWith('127.') || relayed.address === '::1';
  if (!isPublicAddress(relayed.address) && !isLocalTest) {
    return bad(
      'warning',
      check,
      `${seen} That address is private: only relayed calls reach it from outside.`,
      'Behind NAT, name the public address, or a STUN server to ask. In a network of your own all is well.',
      isEmbedded ? 'turn.embedded.external_addresses' : undefined,
    );
  }
  if (echoMs <= SLOW_ECHO_MS) return ok(check, seen);
  return bad('warning', check, `${seen} That is slow.`, 'Look at the load of the machine and at the network between.');
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
