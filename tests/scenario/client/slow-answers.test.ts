/** The real server, whose answers to messages come late: what `vant send` makes of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type VantClient } from '../../../client/client.ts';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { ClockPort, SocketPort } from '../../../client/ports.ts';
import { waitForSending } from '../../../cli/wait-for-sending.ts';
import { ServerFrame } from '../../../wire/generated/frames.ts';
import { nextEvent, startTeam, type Team, type TestClient } from './support.ts';

const REACH_MS = 1;
const TAKE_MS = 50_000;

interface SlowAnswers {
  readonly port: SocketPort;
  isHolding: boolean;
  release(): void;
}

function holdAnswers(inner: SocketPort): SlowAnswers {
  const held: (() => void)[] = [];
  const slow: SlowAnswers = {
    isHolding: false,
    release() {
      slow.isHolding = false;
      for (const pass of held.splice(0)) pass();
    },
    port: {
      open: (url, protocols, handlers) =>
        inner.open(url, protocols, {
          onOpen: () => handlers.onOpen(),
          onClose: (code) => handlers.onClose(code),
          onMessage(bytes) {
            const isAnswer = ServerFrame.decode(bytes).body?.$case === 'sendResponse';
            if (isAnswer && slow.isHolding) held.push(() => handlers.onMessage(bytes));
            else handlers.onMessage(bytes);
          },
        }),
    },
  };
  return slow;
}

const isSent = ({ status }: StoredMessage): boolean => status === 'sent' || status === 'delivered';

describe('a message whose answer is late', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let slow: SlowAnswers;
  let sender: VantClient;
  /** What is done when the client waits for the second time. */
  let onSecondWait: () => void;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
    await bob.client.close();
    slow = holdAnswers(bob.ports.socket);
    const clock: ClockPort = {
      now: () => bob.ports.clock.now(),
      setTimer(delayMs, callback) {
        if (delayMs === TAKE_MS) onSecondWait();
        return bob.ports.clock.setTimer(delayMs, callback);
      },
    };
    sender = createClient({ ...bob.ports, socket: slow.port, clock });
    Object.assign(bob, { client: sender });
  });
  afterAll(() => team.end());
  beforeEach(() => {
    onSecondWait = () => expect.fail('it waited on');
  });

  const send = async (text: string, takeMs: number) => {
    const { historyKey } = await sender.sendText(ada.id, text);
    return waitForSending(sender, historyKey, isSent, { reachMs: REACH_MS, takeMs });
  };

  it('is not waited for when the server cannot be reached', async () => {
    expect(sender.isConnected).toBe(false);
    expect(await send('alone', TAKE_MS)).toMatchObject({ message: { status: 'queued' }, isReached: false });
  });

  it('is waited for when the server is there', async () => {
    const connected = nextEvent(bob, 'connection', ({ status }) => status === 'connected');
    await sender.connect({ receive: false });
    await connected;
    slow.isHolding = true;
    onSecondWait = () => slow.release();
    expect(await send('late', TAKE_MS)).toMatchObject({ message: { status: 'sent' }, isReached: true });
  });

  it('is not waited for longer than it was told', async () => {
    slow.isHolding = true;
    expect(await send('too late', 0)).toMatchObject({ message: { status: 'queued' }, isReached: true });
    slow.release();
    expect(await sender.flush(20_000)).toBe(true);
  });
});
