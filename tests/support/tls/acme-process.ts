/** Gets a certificate in a process of its own, which kills itself at the step that it is told: between two things that leave a trace.
 * Arguments: settings as JSON, and the number of the step. */
import type { ClientRequest } from 'node:http';
import { FileStateStore } from '../../../server/tls/file-state-store.ts';
import type { StateName } from '../../../server/tls/state-store.ts';
import { startAcmeHost, type AcmeHostOptions } from './acme-host.ts';

const [settings = '{}', killAt = '0'] = process.argv.slice(2);
const options = JSON.parse(settings) as AcmeHostOptions;
let steps = 0;

function count(): void {
  if (++steps === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

class CountingStore extends FileStateStore {
  override async write(name: StateName, text: string): Promise<void> {
    count();
    await super.write(name, text);
    count();
  }

  override async remove(name: StateName): Promise<void> {
    count();
    await super.remove(name);
  }
}

// The authority has taken a request, and this process does not hear of it any more.
const https = process.getBuiltinModule('node:https');
const request: (...args: never[]) => ClientRequest = https.request.bind(https);
https.request = (...args: unknown[]) => {
  const made = request(...(args as never[]));
  const { method } = args[1] as { method?: string };
  if (method === 'POST') made.prependOnceListener('response', () => count());
  return made;
};

const host = await startAcmeHost({ ...options, store: new CountingStore(options.directory) });
await host.step();
process.exit(host.seen.length === 1 ? 0 : 1);
