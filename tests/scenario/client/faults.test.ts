/** The real server, over ports that lose what a network loses. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientFrame, ServerFrame } from '../../../wire/generated/frames.ts';
import { createClient, type VantClient } from '../../../client/client.ts';
import { credentialsOf } from '../../../client/account/account-record.ts';
import type { ClientPorts, HttpPort, Socket, SocketPort } from '../../../client/ports.ts';
import { createApi } from '../../../client/transport/api.ts';
import { createNodePorts } from '../../../cli/ports/node-ports.ts';
import { nextEvent, startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

/** Carries the request out, and loses the answer, while `isLost` says so. */
function loseAnswers(http: HttpPort, isLost: (url: string, method: string) => boolean): HttpPort {
  return {
    async request(request) {
      const response = await http.request(request);
      if (isLost(request.url, request.method)) throw new Error('the answer was lost');
      return response;
    },
  };
}

interface Wire {
  readonly port: SocketPort;
  readonly sent: ClientFrame[];
  /** Decides about each frame from the relay. `cut` ends the connection before the client sees it. */
  onFrame: (frame: ServerFrame) => 'pass' | 'cut';
  /** Decides about each frame to the relay. */
  onSend: (frame: ClientFrame) => 'pass' | 'drop';
  cut(): void;
}

function createWire(inner: SocketPort): Wire {
  let socket: Socket | undefined;
  const wire: Wire = {
    sent: [],
    onFrame: () => 'pass',
    onSend: () => 'pass',
    cut: () => socket?.close(4000),
    port: {
      open(url, protocols, handlers) {
        const opened = inner.open(url, protocols, {
          ...handlers,
          onOpen: () => handlers.onOpen(),
          onClose: (code) => handlers.onClose(code),
          onMessage: (bytes) => {
            if (wire.onFrame(ServerFrame.decode(bytes)) === 'pass') handlers.onMessage(bytes);
            else opened.close(4000);
          },
        });
        socket = opened;
        return {
          send: (bytes) => {
            const frame = ClientFrame.decode(bytes);
            wire.sent.push(frame);
            if (wire.onSend(frame) === 'pass') opened.send(bytes);
          },
          close: (code) => opened.close(code),
        };
      },
    },
  };
  return wire;
}

describe('a network that loses things', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let wire: Wire;
  let faulty: VantClient;
  let isCommitLost = false;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    await bob.client.close();
    // Bob again, over a bad network and a disk that can be full.
    const inner = bob.ports;
    wire = createWire(inner.socket);
    const storage: ClientPorts['storage'] = {
      transaction: (work) =>
        inner.storage.transaction(async (tx) => {
          const result = await work(tx);
          if (isCommitLost) throw new Error('the disk is full');
          return result;
        }),
    };
    // Only backoff asks for four bytes: this client comes back at once, so that the test is short.
    const random = { bytes: (count: number) => (count === 4 ? new Uint8Array(4) : inner.random.bytes(count)) };
    faulty = createClient({ ...inner, socket: wire.port, storage, random }, { journalPollMs: 50 });
    faulty.on('message', ({ text, direction }) => direction === 'incoming' && bob.texts.push(text));
    Object.assign(bob, { client: faulty });
    await faulty.connect({ receive: true });
    await untilStatus(ada, await ada.client.sendText(bob.id, 'start'), 'delivered');
  });
  afterAll(() => team.end());

  it('joining again after a lost answer gives the same account', async () => {
    const directory = join(team.directory, 'carol');
    const carolPorts = createNodePorts(directory, { write: () => undefined });
    let isLost = true;
    const http = loseAnswers(
      carolPorts.http,
      (url, method) => isLost && method === 'POST' && url.endsWith('/accounts'),
    );
    const carol = createClient({ ...carolPorts, http });
    const { link } = await (await ada.client.team()).createInvite({ role: 'member' });
    const options = { link, displayName: 'Carol', deviceName: 'Carol' };
    await expect(carol.join(options)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(await carol.account()).toBeUndefined();
    isLost = false;
    const account = await carol.join(options);
    const members = await (await ada.client.team()).members();
    expect(members.filter(({ profile }) => profile?.displayName === 'Carol')).toHaveLength(1);
    expect(members.map(({ accountId }) => accountId)).toContain(account.accountId);
    expect(members).toHaveLength(3);
    await carol.close();
    await carolPorts.storage.close();
  });

  it('a message whose answer was lost is sent again, marked as such, and arrives once', async () => {
    wire.sent.length = 0;
    let isCut = false;
    // The text is urgent; the sync to one's own account, which is on its way beside it, is not.
    const requestOfText = () => wire.sent.find(({ body }) => body?.$case === 'send' && body.value.urgent)?.body?.value;
    wire.onFrame = ({ body }) => {
      const request = requestOfText() as { requestId: number } | undefined;
      if (isCut || body?.$case !== 'sendResponse' || body.value.requestId !== request?.requestId) return 'pass';
      isCut = true;
      return 'cut';
    };
    const sent = await faulty.sendText(ada.id, 'did you get it?');
    await untilStatus(bob, sent, 'delivered');
    // The recipient's receipt may come before the second attempt: on the new connection both go at once.
    expect(await faulty.flush(20_000)).toBe(true);
    const attempts = wire.sent.flatMap(({ body }) =>
      body?.$case === 'send' && Buffer.from(body.value.messageId).toString('hex') === sent.id
        ? [body.value.resend]
        : [],
    );
    expect(attempts).toEqual([false, true]);
    await untilText(ada, 'did you get it?', bob);
    expect(ada.texts.filter((text) => text === 'did you get it?')).toHaveLength(1);
  });

  it('a message whose acknowledgement was lost comes again, and is stored once', async () => {
    let isDropped = false;
    wire.onSend = ({ body }) => {
      if (isDropped || body?.$case !== 'ack') return 'pass';
      isDropped = true;
      return 'drop';
    };
    await ada.client.sendText(bob.id, 'twice?');
    await untilText(bob, 'twice?', ada);
    const drained = nextEvent(bob, 'queueDrained');
    wire.cut();
    await drained;
    expect(isDropped).toBe(true);
    expect((await faulty.messages(ada.id)).filter(({ text }) => text === 'twice?')).toHaveLength(1);
  });

  it('a disk that is full at the wrong moment is no broken session: the message comes again', async () => {
    const failed = nextEvent(bob, 'error');
    isCommitLost = true;
    await ada.client.sendText(bob.id, 'no room');
    await failed;
    isCommitLost = false;
    await untilText(bob, 'no room', ada);
    expect(ada.log.filter((line) => line.includes('healing'))).toEqual([]);
  });

  it('connections that break all the time lose nothing, repeat nothing, and keep the order', async () => {
    let frames = 0;
    wire.onFrame = () => (++frames % 17 === 0 ? 'cut' : 'pass');
    wire.onSend = () => 'pass';
    const there = Array.from({ length: 30 }, (_, index) => `there ${index}`);
    const back = Array.from({ length: 30 }, (_, index) => `back ${index}`);
    const arrived = untilText(bob, there.at(-1)!, ada);
    const returned = untilText(ada, back.at(-1)!, bob);
    for (const index of there.keys()) {
      await ada.client.sendText(bob.id, there[index]!);
      await faulty.sendText(ada.id, back[index]!);
    }
    await Promise.all([arrived, returned]);
    wire.onFrame = () => 'pass';
    expect(bob.texts.filter((text) => text.startsWith('there '))).toEqual(there);
    expect(ada.texts.filter((text) => text.startsWith('back '))).toEqual(back);
  });

  it('prekeys that run low are replaced', async () => {
    const account = (await ada.client.account())!;
    const asAda = createApi(ada.ports.http, account.origin, credentialsOf(account));
    const asBob = createApi(ada.ports.http, account.origin, credentialsOf((await faulty.account())!));
    const { preKeys } = await asBob.call('getKeyCounts', {});
    for (let left = preKeys; left >= 20; left--) {
      await asAda.call('takePreKeyBundles', { params: { accountId: bob.id } });
    }
    await expect
      .poll(async () => (await asBob.call('getKeyCounts', {})).preKeys, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(99);
  });
});
