/** The real appliance as a process, for pictures of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../run-program.ts';

export interface PictureServer {
  readonly ownerLink: string;
  stop(): Promise<void>;
}

export async function startServer(directory: string): Promise<PictureServer> {
  const child = spawn(process.execPath, [join(ROOT, 'cli/vant.js'), 'serve'], {
    // No configuration of whoever takes the pictures.
    cwd: tmpdir(),
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      VANT_SERVER_LISTEN: '127.0.0.1:0',
      VANT_STORAGE_DATA_DIR: join(directory, 'data'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    output += chunk;
    const link = /^ +(http\S+\/join#\S+)$/m.exec(output)?.[1];
    if (link === undefined) continue;
    return {
      ownerLink: link,
      async stop() {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error(`The server did not start:\n${output}`);
}
