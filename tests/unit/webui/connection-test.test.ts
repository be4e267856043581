import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { findStunUrl, listRelays } from '../../../webui/calls/connection-test/relay-urls.ts';
import { TESTED_WAYS, type WayResult } from '../../../webui/calls/connection-test/connection-test.ts';
import {
  clockText,
  describeResult,
  MAX_CLOCK_DIFFERENCE_MS,
  remedyFor,
  toYaml,
  type YamlLine,
} from '../../../webui/i18n/connection-texts.ts';

describe('the ways that a server offers', () => {
  it('are told apart by scheme and transport, with the ports that hold when none is said', () => {
    expect(
      listRelays(['turn:h', 'turn:h:99?transport=tcp', 'turns:[2001:db8::1]?transport=tcp', 'turns:h:443']),
    ).toEqual([
      { way: 'turn-udp', url: 'turn:h', port: 3478 },
      { way: 'turn-tcp', url: 'turn:h:99?transport=tcp', port: 99 },
      { way: 'turn-tls', url: 'turns:[2001:db8::1]?transport=tcp', port: 5349 },
    ]);
  });

  it('leave out what is no relay, and what browsers cannot use', () => {
    expect(listRelays(['stun:h', 'https://h', 'turns:h?transport=udp', 'turn:'])).toEqual([]);
  });

  it('have STUN where it is named, or where a relay answers over UDP', () => {
    expect(findStunUrl(['turn:a:1?transport=udp', 'stun:b:2'])).toBe('stun:b:2');
    expect(findStunUrl(['turn:a:1?transport=tcp', 'turn:[::1]:3?transport=udp'])).toBe('stun:[::1]:3');
    expect(findStunUrl(['turn:a:1?transport=tcp', 'turns:a:2'])).toBeUndefined();
  });
});

describe('what mends it', () => {
  const RESULTS: readonly WayResult[] = [
    { kind: 'running' },
    { kind: 'works' },
    { kind: 'not-offered' },
    { kind: 'unreachable', port: 443 },
    { kind: 'no-data' },
    ...[401, 486, 508, 500].map((code) => ({ kind: 'refused' as const, code })),
  ];
  const all = (isExternal: boolean): (readonly YamlLine[])[] =>
    TESTED_WAYS.flatMap((way) => RESULTS.map((result) => remedyFor(way, result, isExternal)?.lines ?? []));
  let directory: string;
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'vant-test-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([false, true])('stands in the file as the server takes it (relay elsewhere: %s)', (isExternal) => {
    const placeholder = join(directory, 'placeholder');
    writeFileSync(placeholder, 'a secret that is long enough', { mode: 0o600 });
    const file = join(directory, 'vant.config.yaml');
    for (const lines of all(isExternal).filter(({ length }) => length > 0)) {
      const yaml = toYaml(lines).replaceAll(/: \/etc\/\S+/g, `: ${placeholder}`);
      const mode = isExternal ? yaml.replace('turn:\n', 'turn:\n  mode: external\n') : yaml;
      writeFileSync(file, mode);
      const load = () => loadConfig({ configFile: file, env: {}, cwd: directory });
      // Of an external server the lines name one thing; that the other one is missing too is said by the server itself.
      if (isExternal) expect(() => load(), mode).not.toThrow(/not an option|is not known|must be|expected/i);
      else expect(() => load(), mode).not.toThrow();
    }
  });

  it('is nothing for what works', () => {
    for (const way of TESTED_WAYS) expect(remedyFor(way, { kind: 'works' }, false)).toBeUndefined();
  });

  it('is something for whatever does not, and each result is described', () => {
    for (const way of TESTED_WAYS) {
      for (const result of RESULTS) {
        expect(describeResult(way, result)).not.toBe('');
        if (result.kind !== 'works' && result.kind !== 'running')
          expect(remedyFor(way, result, false)?.text).toBeTruthy();
      }
    }
  });
});

it('clocks may differ by a minute, and no more', () => {
  expect(clockText(MAX_CLOCK_DIFFERENCE_MS)).toBeUndefined();
  expect(clockText(-MAX_CLOCK_DIFFERENCE_MS)).toBeUndefined();
  expect(clockText(MAX_CLOCK_DIFFERENCE_MS + 1)).toContain('ahead');
  expect(clockText(-MAX_CLOCK_DIFFERENCE_MS - 1)).toContain('behind');
});
