/** Clients of the real appliance, in this process: their stores can be looked into, damaged and rolled back. */
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type VantClient } from '../../../client/client.ts';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { ClientEvents } from '../../../client/events.ts';
import { createNodePorts, type NodePorts } from '../../../cli/ports/node-ports.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';

const DEADLINE_MS = 20_000;

export interface TestClient {
  readonly client: VantClient;
  readonly ports: NodePorts;
  readonly directory: string;
  readonly id: string;
  /** Event names and details, for messages of failed tests. */
  readonly log: string[];
  /** All texts that were received, in order of arrival, since this client was opened. */
  readonly texts: string[];
  /** Moves the clock of this client; its timers do not notice. */
  skip(ms: number): void;
  close(): Promise<void>;
}

export interface Team {
  readonly appliance: Appliance;
  readonly directory: string;
  open(name: string): Promise<TestClient>;
  /** Joins with a fresh invite of the owner; the first one is the owner. Connected and receiving. */
  join(name: string): Promise<TestClient>;
  link(primary: TestClient, name: string): Promise<TestClient>;
  end(): Promise<void>;
}

export async function startTeam(appliance?: Appliance): Promise<Team> {
  const server = appliance ?? (await startAppliance());
  const directory = await makeTemporaryDirectory();
  const opened = new Set<TestClient>();
  let owner: TestClient | undefined;
  const open = async (name: string): Promise<TestClient> => {
    const test = await openTestClient(join(directory, name), () => opened.delete(test));
    opened.add(test);
    return test;
  };
  return {
    appliance: server,
    directory,
    open,
    async join(name) {
      const test = await open(name);
      const link =
        owner === undefined
          ? await ownerLinkOf(server)
          : (await (await owner.client.team()).createInvite({ role: 'member' })).link;
      const account = await test.client.join({ link, displayName: name, deviceName: name });
      Object.assign(test, { id: account.accountId });
      await test.client.connect({ receive: true });
      owner ??= test;
      return test;
    },
    async link(primary, name) {
      const test = await open(name);
      const shown = Promise.withResolvers<string>();
      const linking = test.client.linkDevice({
        origin: server.url,
        deviceName: name,
        onLink: (link) => shown.resolve(link),
      });
      await (await primary.client.team()).addDevice(await shown.promise);
      Object.assign(test, { id: (await linking).accountId });
      await test.client.connect({ receive: true });
      return test;
    },
    async end() {
      for (const test of [...opened]) await test.close();
      if (appliance === undefined) await server.stop();
      await removeDirectory(directory);
    },
  };
}

/** From the output: the line may come after the one that says that the server is there. */
export async function ownerLinkOf(appliance: Appliance): Promise<string> {
  await appliance.untilOutput(" join '");
  return /http\S+\/join#[\w-]+/.exec(appliance.output())![0];
}

async function openTestClient(directory: string, onClosed: () => void): Promise<TestClient> {
  const log: string[] = [];
  const texts: string[] = [];
  const nodePorts = createNodePorts(directory, {
    write: (level, event, fields) => void log.push(`${level} ${event} ${JSON.stringify(fields ?? {})}`),
  });
  let skippedMs = 0;
  const ports = { ...nodePorts, clock: { ...nodePorts.clock, now: () => Date.now() + skippedMs } };
  const client = createClient(ports, { journalPollMs: 50 });
  client.on('message', (message) => {
    if (message.direction === 'incoming' && message.kind === 'text') texts.push(message.text);
  });
  client.on('error', ({ error }) => void log.push(`error event ${String(error)}`));
  const account = await client.account();
  return {
    client,
    ports,
    directory,
    id: account?.accountId ?? '',
    log,
    texts,
    skip: (ms) => void (skippedMs += ms),
    async close() {
      await client.close();
      await ports.storage.close();
      onClosed();
    },
  };
}

/** The store as it is now, to be put back later: what a restored backup does to a device. */
export async function copyStore(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true });
}

/** Resolves with the first event that fits, including those since the call. */
export function nextEvent<K extends keyof ClientEvents>(
  { client, log }: TestClient,
  name: K,
  fits: (event: ClientEvents[K]) => boolean = () => true,
): Promise<ClientEvents[K]> {
  const found = Promise.withResolvers<ClientEvents[K]>();
  const timer = setTimeout(
    () => found.reject(new Error(`no event ${name} in ${DEADLINE_MS} ms. Log:\n${log.join('\n')}`)),
    DEADLINE_MS,
  );
  const stop = client.on(name, (event) => {
    if (fits(event)) found.resolve(event);
  });
  return found.promise.finally(() => {
    clearTimeout(timer);
    stop();
  });
}

/** The message, once it is in the history of this client. */
export async function untilText(test: TestClient, text: string, peer: TestClient): Promise<StoredMessage> {
  const arrived = nextEvent(test, 'message', (message) => message.text === text);
  arrived.catch(() => undefined);
  const present = (await test.client.messages(peer.id)).find((message) => message.text === text);
  return present ?? arrived;
}

export async function untilStatus(
  test: TestClient,
  message: StoredMessage,
  status: StoredMessage['status'],
): Promise<void> {
  const reached = await test.client.waitForMessage(message.historyKey, (now) => now.status === status, DEADLINE_MS);
  if (reached?.status !== status) {
    throw new Error(`status is ${reached?.status ?? 'unknown'}, not ${status}. Log:\n${test.log.join('\n')}`);
  }
}

/** Resolves once the newest message that fits does so, whatever brought it about. */
export async function untilMessage(
  test: TestClient,
  historyKey: string,
  fits: (message: StoredMessage) => boolean,
): Promise<StoredMessage> {
  const reached = await test.client.waitForMessage(historyKey, fits, DEADLINE_MS);
  if (reached === undefined || !fits(reached)) throw new Error(`it stays ${JSON.stringify(reached)}`);
  return reached;
}
