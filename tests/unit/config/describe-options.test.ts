import { expect, test } from 'vitest';
import { describeOptions } from '../../../config/describe-options.ts';
import { planReload } from '../../../config/reload.ts';
import { ENTRIES } from '../../../config/registry.ts';
import { load } from './support.ts';

const PASSWORD = 'hunter2-correct-horse';
const EXTERNAL = 'redis: { mode: external, external: { url: redis://h } }\nlog:\n  level: debug\n';

const find = (options: ReturnType<typeof describeOptions>, path: string) =>
  options.find((option) => option.path === path)!;

test('every option is described; of a secret only whether it is set, and where', () => {
  const options = describeOptions(load(EXTERNAL, { env: { VANT_REDIS_EXTERNAL_PASSWORD: PASSWORD } }));
  expect(options.map(({ path }) => path)).toEqual(ENTRIES.map(({ path }) => path));
  expect(find(options, 'redis.external.password')).toMatchObject({
    value: 'set',
    isSecret: true,
    source: { kind: 'env', text: 'VANT_REDIS_EXTERNAL_PASSWORD', name: 'VANT_REDIS_EXTERNAL_PASSWORD' },
  });
  expect(find(options, 'redis.external.sentinel.password')).toMatchObject({ value: 'not set', isSecret: true });
  expect(JSON.stringify(options)).not.toContain(PASSWORD);
  expect(find(options, 'log.level')).toMatchObject({
    value: 'debug',
    default: 'info',
    needsRestart: false,
    source: { kind: 'file', text: 'vant.config.yaml:3', file: 'vant.config.yaml', line: 3 },
  });
  expect(find(options, 'metrics.listen')).toMatchObject({ value: 'none', source: { text: 'default' } });
  expect(find(options, 'server.public_url').default).toContain('PORT');
});

test('after reading again, what needs a restart is described as it is in force', () => {
  const [before, after] = [load(undefined), load('log: { level: warn, format: json }')];
  const options = describeOptions(planReload(before, after).loaded);
  expect(find(options, 'log.level')).toMatchObject({ value: 'warn', source: { kind: 'file', line: 1 } });
  expect(find(options, 'log.format')).toMatchObject({ value: 'auto', source: { kind: 'default' }, needsRestart: true });
});
