import type { HostAndPort } from '../options.ts';
import { createNodeClient, type Credentials, type NodeAddress, type NodeTls } from './node-client.ts';

export interface SentinelOptions {
  readonly primaryName: string;
  readonly nodes: readonly HostAndPort[];
  readonly credentials?: Credentials | undefined;
  readonly tls?: NodeTls | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Asks the Sentinels, one after another, where the primary is. The library's createSentinel is not used: it repeats commands
 * whose fate is unknown after a lost connection, up to 16 times, and lets those wait without limit that meet a failover. */
export class SentinelLocator {
  readonly #options: SentinelOptions;
  /** Those given and those that they know of, the one that answered last in front. */
  #nodes: readonly HostAndPort[];

  constructor(options: SentinelOptions) {
    this.#options = options;
    this.#nodes = options.nodes;
  }

  readonly locate = async (): Promise<NodeAddress> => {
    const reasons: string[] = [];
    for (const node of this.#nodes) {
      try {
        return await this.#ask(node);
      } catch (error) {
        reasons.push(`${node.host}:${node.port}: ${(error as Error).message}`);
      }
    }
    throw new Error(`No Sentinel tells where "${this.#options.primaryName}" is (${reasons.join('; ')}).`);
  };

  async #ask(node: HostAndPort): Promise<NodeAddress> {
    const { primaryName, tls, credentials = {}, timeoutMs = 2_000 } = this.#options;
    const client = createNodeClient({ ...node, tls }, credentials, timeoutMs).on('error', () => undefined);
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`no answer for ${timeoutMs} ms`)), timeoutMs);
    try {
      return await Promise.race([this.#converse(client, node, primaryName), tooLate]);
    } finally {
      clearTimeout(timer);
      if (client.isOpen) client.destroy();
    }
  }

  async #converse(client: ReturnType<typeof createNodeClient>, node: HostAndPort, name: string): Promise<NodeAddress> {
    await client.connect();
    const ask = async (what: string) => (await client.sendCommand(['SENTINEL', what, name])) as unknown;
    const address = (await ask('GET-MASTER-ADDR-BY-NAME')) as [Buffer, Buffer] | null;
    if (address === null) throw new Error('it does not know that name');
    this.#remember(node, ((await ask('SENTINELS')) as Buffer[][]).map(toHostAndPort));
    return { host: address[0].toString(), port: Number(address[1].toString()), tls: this.#options.tls };
  }

  #remember(answered: HostAndPort, discovered: readonly HostAndPort[]): void {
    const byAddress = new Map(
      [answered, ...this.#options.nodes, ...discovered].map((node) => [`${node.host}:${node.port}`, node]),
    );
    this.#nodes = [...byAddress.values()];
  }
}

/** Sentinel gives a flat list: name, value, name, value. */
function toHostAndPort(fields: readonly Buffer[]): HostAndPort {
  const texts = fields.map((field) => field.toString());
  const valueOf = (name: string) => texts[texts.indexOf(name) + 1] ?? '';
  return { host: valueOf('ip'), port: Number(valueOf('port')) };
}
