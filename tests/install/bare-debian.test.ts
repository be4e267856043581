/** From a bare Debian, with nothing installed, to a first encrypted message. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Machine, PROGRAM } from './machine.ts';

const MAX_MS = 5 * 60_000;
let machine: Machine;
beforeAll(() => {
  machine = Machine.create('bare');
  machine.copyIn(PROGRAM, 'root/vant');
});
afterAll(() => machine.remove());

describe('a bare Debian', () => {
  test('copy, init, serve, and a message that somebody reads', async () => {
    const startedAt = performance.now();
    const { code, output } = await machine.runIn(`
      cd /root
      chmod +x vant
      ./vant init --yes
      ./vant config check
      ./vant serve > serve.log 2>&1 & server=$!
      for i in $(seq 600); do grep -q '/join#' serve.log && break; sleep 0.1; done
      link=$(grep -o 'http://[^ ]*/join#[^ ]*' serve.log | head -1)
      ./vant join "$link" --name Ada
      invite=$(./vant invite --as ada | grep -o 'http://[^ ]*/join#[^ ]*')
      ./vant join "$invite" --name Bob
      ./vant send --as ada --to bob "hello from a bare Debian"
      ./vant receive --as bob --json
      grep -r "hello from a bare Debian" data && echo "IN THE DATA OF THE SERVER" || true
      kill $server
      wait $server
    `);
    expect(output).toContain('Wrote vant.config.yaml: http://localhost:8420, data in /root/data.');
    expect(output).toContain('"text":"hello from a bare Debian"');
    expect(output).not.toContain('IN THE DATA OF THE SERVER');
    expect(code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(MAX_MS);
  });

  test('without systemd, install says what to do instead', async () => {
    const { code, output } = await machine.runIn('/root/vant install --yes');
    expect(output).toContain('systemd does not run this machine');
    expect(code).toBe(1);
  });
});
