/** nginx in front of a server, with the configuration that somebody has written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';
import { prepareHttpsProgram } from '../../scripts/prepare-https-programs.ts';
import { createTestDirectory } from './redis-process.ts';
import { until } from './until.ts';

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param location what stands in `location / { … }` */
export async function startNginx(location: string): Promise<Nginx> {
  const { path, env } = await prepareHttpsProgram('nginx', () => undefined);
  const directory = createTestDirectory();
  for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(directory, name));
  const port = await findFreePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name.replace('client_', '')};`,
  );
  const config = join(directory, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events {}
http { access_log off; ${temporary.join(' ')}
  server { listen 127.0.0.1:${port}; location / { ${location} } } }`,
  );
  const child = spawn(path, ['-c', config, '-p', directory, '-e', join(directory, 'error.log')], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  await until('nginx to answer', () =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
