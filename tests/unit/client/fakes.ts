/** A clock that stands still until it is moved, and a socket whose other end the test holds. */
import { ClientFrame, ServerFrame } from '../../../wire/generated/frames.ts';
import type { ClockPort, SocketHandlers, SocketPort } from '../../../client/ports.ts';

export interface FakeClock extends ClockPort {
  advance(ms: number): Promise<void>;
  set(now: number): void;
}

export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let now = start;
  let nextId = 0;
  const timers = new Map<number, { at: number; callback: () => void }>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    set: (value) => (now = value),
    setTimer(delayMs, callback) {
      const id = nextId++;
      timers.set(id, { at: now + delayMs, callback });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [due] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (due === undefined) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].callback();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

export interface FakeSocket {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sent: ClientFrame[];
  /** Set when our side has closed. */
  closedWith: number | undefined;
  deliver(body: NonNullable<ServerFrame['body']>): void;
  deliverBytes(bytes: Uint8Array): void;
  end(code: number): void;
}

export function createFakeSockets(): SocketPort & { readonly opened: FakeSocket[] } {
  const opened: FakeSocket[] = [];
  return {
    opened,
    open(url, protocols, handlers: SocketHandlers) {
      const socket: FakeSocket = {
        url,
        protocols,
        sent: [],
        closedWith: undefined,
        deliver: (body) => handlers.onMessage(ServerFrame.encode({ body }).finish()),
        deliverBytes: (bytes) => handlers.onMessage(bytes),
        end: (code) => handlers.onClose(code),
      };
      opened.push(socket);
      return {
        send: (bytes) => void socket.sent.push(ClientFrame.decode(bytes)),
        close: (code = 1000) => {
          socket.closedWith ??= code;
          handlers.onClose(code);
        },
      };
    },
  };
}

export const welcome = {
  $case: 'welcome' as const,
  value: { serverTimestamp: 0, keepaliveSeconds: 30, maxContentBytes: 1000, maxTtlSeconds: 604_800 },
};
