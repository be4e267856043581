/** libdatachannel through our server, between networks that have no way to each other but the relay: it does not enforce
 * `iceTransportPolicy: relay` itself, so only the lack of a way proves anything. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { PeerLine } from '../support/turn/datachannel-peer-process.ts';
import { createNamespace, findNamespaceObstacle } from '../support/turn/network-namespaces.ts';
import { startTurnHost } from '../support/turn/turn-host.ts';

const PEER = fileURLToPath(new URL('../support/turn/datachannel-peer-process.ts', import.meta.url));
const DEADLINE_MS = 60_000;
const obstacle = findNamespaceObstacle();
if (obstacle !== undefined) process.stdout.write(`Skipped: ${obstacle}. Run the tests as root for it.\n`);

test.skipIf(obstacle !== undefined)('250 messages and their echoes, relayed on both sides', async () => {
  const namespaces = [createNamespace(1), createNamespace(2)];
  const [first, second] = namespaces.map(({ hostAddress }) => hostAddress) as [string, string];
  const host = await startTurnHost({
    listen: [first, second].map((address) => ({ transport: 'udp', address, port: 0 })),
    externalAddresses: [first],
  });
  const children: ChildProcessWithoutNullStreams[] = [];
  try {
    const { username, password } = host.credentials();
    for (const [index, role] of ['offer', 'answer'].entries()) {
      const { hostAddress, run } = namespaces[index]!;
      const port = String(host.port('udp', hostAddress));
      children.push(run(process.execPath, [PEER, hostAddress, port, username, password, role]));
    }
    const result = await connect(children[0]!, children[1]!);
    expect(result).toEqual({ type: 'result', echoes: 250, pair: 'relay relay' });
    // Both directions, DTLS and SCTP around them; all of it inside the process.
    const { internalPacketsTotal, relayedPacketsTotal } = host.supervisor.counters;
    expect(internalPacketsTotal).toBeGreaterThan(100);
    expect(relayedPacketsTotal).toBe(internalPacketsTotal);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await host.stop();
    for (const namespace of namespaces) namespace.remove();
  }
});

/** Passes signals between both until one has a result. */
async function connect(a: ChildProcessWithoutNullStreams, b: ChildProcessWithoutNullStreams): Promise<PeerLine> {
  const done = Promise.withResolvers<PeerLine>();
  let errors = '';
  const timer = setTimeout(() => done.reject(new Error(`no result: ${errors}`)), DEADLINE_MS);
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    from.once('exit', (code) => done.reject(new Error(`a peer ended with ${code ?? 0}: ${errors}`)));
    createInterface({ input: from.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as PeerLine;
      if (line.type === 'result') done.resolve(line);
      else to.stdin.write(`${text}\n`);
    });
  }
  return await done.promise.finally(() => clearTimeout(timer));
}
