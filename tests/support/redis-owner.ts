// A Vant reduced to its storage, as a process of its own that tests can kill. Speaks JSON lines.
// node redis-owner.ts <dataDirectory> hold|write [fsync]
import { createInterface } from 'node:readline';
import { openStorage } from '../../server/storage/open.ts';
import { embeddedOptions } from '../integration/storage/embedded-options.ts';

const [dataDirectory = '', mode = 'hold', fsync = 'always'] = process.argv.slice(2);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

try {
  const options = embeddedOptions(dataDirectory, { fsync: fsync as 'always' | 'everysec' });
  const log = (level: string, message: string) => say({ log: message, level });
  const onFatal = (error: Error) => say({ fatal: error.message });
  // An orphan is what several tests are about; one of them asks for none.
  const endsWithVant = process.env['ENDS_WITH_VANT'] === 'yes';
  const storage = await openStorage(options, { log, onFatal, endsWithVant });
  say({ ready: process.pid, redisPid: storage.redisPid() });
  const stopping = new AbortController();
  const writing = mode === 'write' ? write(stopping.signal) : undefined;
  createInterface({ input: process.stdin }).once('close', () => {
    stopping.abort();
    void Promise.resolve(writing).then(async () => {
      await storage.close();
      process.exit(0);
    });
  });

  /** Says each number once it is acknowledged; goes on over errors. */
  async function write(signal: AbortSignal): Promise<void> {
    const filler = 'x'.repeat(1_000);
    for (let number = 1; !signal.aborted; number++) {
      try {
        await storage.connection.execute('written', ['HSET', 'written', String(number), filler]);
        say({ acknowledged: number });
        if (number % 50 === 0) say({ written: await storage.connection.execute('written', ['HLEN', 'written']) });
      } catch (error) {
        const { code, cause } = error as { code?: string; cause?: Error };
        say({ refused: number, code, cause: cause?.message });
        // A refusal may come at once; others want to run too.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
} catch (error) {
  say({ error: (error as Error).message });
  process.exit(1);
}
