/** Clients that come one after the other while a server restarts, each over a TLS connection of its own. Arguments: port, file with the
 * authority. Ends when its standard input does, and prints what they met. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';

const [port = '', caFile = ''] = process.argv.slice(2);
const CLIENTS = 4;
const met: Record<string, number> = { answered: 0 };
let isEnding = false;
process.stdin.resume().once('end', () => (isEnding = true));

const options = { host: '127.0.0.1', port, path: '/health/live', agent: false, ca: readFileSync(caFile) } as const;

async function come(): Promise<void> {
  const asked = request({ ...options, servername: 'localhost' }).end();
  try {
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    const what = response.statusCode === 200 ? 'answered' : `status ${response.statusCode}`;
    met[what] = (met[what] ?? 0) + 1;
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    met[code] = (met[code] ?? 0) + 1;
  }
}

process.stdout.write('coming\n');
await Promise.all(
  Array.from({ length: CLIENTS }, async () => {
    while (!isEnding) await come();
  }),
);
process.stdout.write(`${JSON.stringify(met)}\n`);
