import { describe, expect, test } from 'vitest';
import { planReload } from '../../../config/reload.ts';
import { load, makeDirectory } from './support.ts';

describe('reload', () => {
  test('nothing changed', () => {
    const directory = makeDirectory();
    const plan = planReload(load('', { cwd: directory }), load('log: { level: info }', { cwd: directory }));
    expect([plan.live, plan.restart]).toEqual([[], []]);
  });

  test('live options apply, others are named and keep their old value', () => {
    const directory = makeDirectory();
    const running = load('', { cwd: directory });
    const yaml = 'server: { listen: 127.0.0.1:9000 }\nrelay: { message_ttl: 3d }\nlimits: { send_per_device: off }\n';
    const plan = planReload(running, load(yaml, { cwd: directory }));
    expect(plan.live).toEqual([
      { path: 'relay.message_ttl', from: '7d', to: '3d' },
      { path: 'limits.send_per_device', from: '600/10s', to: 'off' },
    ]);
    expect(plan.restart).toEqual([
      { path: 'server.listen', from: '127.0.0.1:8420', to: '127.0.0.1:9000' },
      { path: 'server.public_url', from: 'http://localhost:8420', to: 'http://localhost:9000' },
    ]);
    const { config } = plan.loaded;
    expect([config.server.listen.port, config.relay.message_ttl, config.limits.send_per_device]).toEqual([
      8420,
      259_200_000,
      'off',
    ]);
    expect(Object.isFrozen(config.relay)).toBe(true);
  });

  test('what waits for a restart is named again the next time; what applied is not', () => {
    const directory = makeDirectory();
    const next = load('server: { listen: 127.0.0.1:9000 }\nlog: { level: debug }\n', { cwd: directory });
    const first = planReload(load('', { cwd: directory }), next);
    const second = planReload(first.loaded, next);
    expect(second.live).toEqual([]);
    expect(second.restart.map(({ path }) => path)).toEqual(['server.listen', 'server.public_url']);
  });

  test('a changed secret is named and not shown', () => {
    const yaml = 'redis: { mode: external, external: { url: redis://h } }';
    const directory = makeDirectory();
    const at = (password: string) => load(yaml, { cwd: directory, env: { VANT_REDIS_EXTERNAL_PASSWORD: password } });
    const same = planReload(at('hunter2'), at('hunter2'));
    expect(same.restart).toEqual([]);
    const changed = planReload(at('hunter2'), at('hunter3'));
    expect(changed.restart).toEqual([{ path: 'redis.external.password', from: 'set', to: 'set' }]);
    expect(JSON.stringify(changed)).not.toContain('hunter');
  });
});
