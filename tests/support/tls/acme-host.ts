/** The ACME part of the server with a port to answer on and a clock of the test, without the rest of it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Writable } from 'node:stream';
import { createLog } from '../../../server/observability/log.ts';
import { AcmeSource, type AcmeSettings } from '../../../server/tls/acme/acme-source.ts';
import { PendingChallenges } from '../../../server/tls/acme/pending-challenges.ts';
import { FileStateStore } from '../../../server/tls/file-state-store.ts';
import { createSecureServer } from '../../../server/tls/secure-server.ts';
import type { StateStore } from '../../../server/tls/state-store.ts';
import type { Certificate } from '../../../server/turn/net/stream-listener.ts';

export interface AcmeHostOptions {
  readonly tlsPort: number;
  readonly directory: string;
  readonly settings: Partial<AcmeSettings> & Pick<AcmeSettings, 'directoryUrl' | 'ca'>;
  readonly store?: StateStore;
}

/** Calls when the test says so, and only then. */
class StepClock {
  offsetMs = 0;
  #pending: (() => void) | undefined;
  #set: PromiseWithResolvers<number> = Promise.withResolvers();

  now = (): number => Date.now() + this.offsetMs;

  setTimer = (delayMs: number, callback: () => void): (() => void) => {
    this.#pending = callback;
    this.#set.resolve(delayMs);
    return () => (this.#pending = undefined);
  };

  /** Lets the timer ring that is set. @returns the delay that is asked for after that */
  async step(): Promise<number> {
    await this.#set.promise;
    this.#set = Promise.withResolvers();
    this.#pending?.();
    return await this.#set.promise;
  }
}

export async function startAcmeHost(options: AcmeHostOptions) {
  let text = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const clock = new StepClock();
  const challenges = new PendingChallenges();
  const source = new AcmeSource({
    settings: {
      ...{ names: ['chat.vant.test'], email: undefined, profile: undefined, eab: undefined },
      challengeTypes: ['tls-alpn-01'],
      ...options.settings,
    },
    store: options.store ?? new FileStateStore(options.directory),
    challenges,
    clock,
    log: createLog({ level: 'debug', isText: false, destination }),
  });
  const opened = await source.open();
  const seen: Certificate[] = [];
  const secure = createSecureServer((_request, response) => response.end('ok'), {
    certificate: () => opened,
    answers: challenges,
    plainHttp: createServer(),
    serveTurn: () => false,
  });
  await once(secure.server.listen(options.tlsPort, '127.0.0.1'), 'listening');
  await source.start((certificate) => {
    seen.push(certificate);
    secure.server.setSecureContext(certificate);
  });
  return {
    source,
    clock,
    opened,
    /** Certificates that came after the first. */
    seen,
    step: () => clock.step(),
    logText: () => text,
    /** The last line that a person would read. */
    lastComplaint: () =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { level: string; msg: string })
        .filter(({ level }) => level === 'warn' || level === 'error')
        .at(-1)?.msg,
    async stop() {
      await source.stop();
      await secure.endStreams();
      secure.server.close();
      secure.server.closeAllConnections();
      await once(secure.server, 'close');
    },
  };
}
