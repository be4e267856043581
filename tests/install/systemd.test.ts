/** `vant install` under a real systemd: start, sandbox, sockets, watchdog, reload, upgrade, and back to nothing. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderPublicKey, signFile } from '../../cli/upgrade/minisign.ts';
import { Machine, PROGRAM } from './machine.ts';

let machine: Machine;
beforeAll(async () => {
  machine = Machine.create('systemd');
  machine.copyIn(PROGRAM, 'root/vant');
  await machine.boot();
});
afterAll(() => machine.remove());

const property = async (name: string): Promise<string> =>
  (await machine.must(`systemctl show vant --property=${name} --value`)).trim();
/** A watchdog that a test can wait for. */
const DROP_IN = '/etc/systemd/system/vant.service.d/test.conf';

describe('under systemd', () => {
  test('install: every step says what it did, and at the end stands the link of the owner', async () => {
    const output = await machine.must('chmod +x /root/vant && cd /root && ./vant install --yes');
    for (const said of [
      'Copied the program to /usr/local/bin/vant.',
      'Made the user vant',
      'Made /etc/vant, /var/lib/vant, /var/backups/vant.',
      'Wrote /etc/vant/vant.config.yaml.',
      'Wrote vant.service, vant.socket, vant-backup.service, vant-backup.timer in /etc/systemd/system.',
      'Enabled and started vant.service, vant.socket, vant-backup.timer.',
      'To undo all of it: vant uninstall',
    ]) {
      expect(output).toContain(said);
    }
    expect(output).toMatch(/^ +http:\/\/localhost:8420\/join#[\w-]{43}$/m);
    expect(await property('ActiveState')).toBe('active');
    expect(await property('StatusText')).toBe('Serving');
    const owners = await machine.must(
      'stat -c "%U %a %n" /var/lib/vant /var/lib/vant/redis /etc/vant /etc/vant/vant.config.yaml',
    );
    expect(owners).toBe(
      'vant 700 /var/lib/vant\nvant 700 /var/lib/vant/redis\nroot 750 /etc/vant\nroot 640 /etc/vant/vant.config.yaml\n',
    );
  });

  test('install again changes nothing, and says nothing of what is there', async () => {
    const output = await machine.must('cd /root && ./vant install --yes');
    expect(output).not.toMatch(/Copied|Made|Wrote/);
    expect(await property('ActiveState')).toBe('active');
  });

  test('the sandbox holds: exposure below 2.0, and nothing but its directories can be written', async () => {
    const report = await machine.must('systemd-analyze security vant.service --no-pager');
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(report)?.[1])).toBeLessThan(2);
    const pid = await property('MainPID');
    const status = await machine.must(`cat /proc/${pid}/status`);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    // CAP_NET_BIND_SERVICE, and nothing else.
    expect(status).toMatch(/^CapEff:\t0000000000000400$/m);
    const mounts = await machine.must(`cat /proc/${pid}/mountinfo`);
    expect(mounts).toMatch(/ \/ ro[, ]/);
  });

  test('it reloads, and the journal has priorities', async () => {
    await machine.must(`printf 'log:\\n  level: debug\\n' >> /etc/vant/vant.config.yaml && systemctl reload vant`);
    await machine.until('journalctl -u vant -o cat | grep -q "An option has changed"');
    await machine.until('[ "$(systemctl show vant --property=ActiveState --value)" = active ]');
    await machine.must(`sed -i 's/level: debug/level: loud/' /etc/vant/vant.config.yaml && systemctl reload vant`);
    await machine.until('journalctl -u vant -p err -o cat | grep -q "has errors and was not read again"');
    expect(await machine.must('journalctl -u vant -p err -o cat')).not.toContain('Vant is ready');
    await machine.must(`sed -i 's/level: loud/level: info/' /etc/vant/vant.config.yaml && systemctl reload vant`);
  });

  test('a secret is given to it as a credential, and to nobody else', async () => {
    const script = 'mkdir -p /etc/credstore && umask 077 && printf hidden > /etc/credstore/turn.external.secret';
    await machine.must(`${script} && systemctl restart vant || true`);
    const pid = await property('MainPID');
    const said = await machine.must('journalctl -u vant -o cat -n 30');
    // Read, and then refused, because the TURN server is the embedded one: the rule names the option.
    expect(`${said} ${pid}`).toContain('turn.external.secret');
    await machine.must(
      'rm /etc/credstore/turn.external.secret && systemctl reset-failed vant && systemctl restart vant',
    );
  });

  test('clients wait while it restarts: the socket stays', async () => {
    const loop = `bash -c '
      refused=0
      for i in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/8420) 2>/dev/null || refused=$((refused+1)); sleep 0.02; done
      echo refused=$refused' > /tmp/loop & loop=$!; systemctl restart vant; wait $loop; cat /tmp/loop`;
    expect(await machine.must(loop)).toContain('refused=0');
  });

  test('the watchdog kills a server whose event loop stands still, or whose Redis does not answer', async () => {
    await machine.must(
      `mkdir -p $(dirname ${DROP_IN}) && printf '[Service]\\nWatchdogSec=12s\\nTimeoutAbortSec=3s\\nTimeoutStopSec=20s\\n' > ${DROP_IN} && systemctl daemon-reload && systemctl restart vant`,
    );
    const first = await property('MainPID');
    await machine.must(`[ ${first} -gt 1 ] && kill -STOP ${first}`);
    await machine.until(
      `p=$(systemctl show vant --property=MainPID --value); [ "$p" -gt 1 ] && [ "$p" != ${first} ] && systemctl is-active -q vant`,
      90_000,
    );
    expect(await machine.must('journalctl -u vant -o cat')).toContain('Watchdog timeout');

    const second = await property('MainPID');
    const redis = `for p in $(cat /sys/fs/cgroup/system.slice/vant.service/cgroup.procs 2>/dev/null || cat /sys/fs/cgroup/*/system.slice/vant.service/cgroup.procs); do grep -qs redis-server /proc/$p/comm && echo $p; done | sort -u | head -1`;
    const redisPid = (await machine.must(redis)).trim();
    expect(Number(redisPid)).toBeGreaterThan(1);
    await machine.must(`kill -STOP ${redisPid}`);
    await machine.until(
      `p=$(systemctl show vant --property=MainPID --value); [ "$p" -gt 1 ] && [ "$p" != ${second} ] && systemctl is-active -q vant`,
      120_000,
    );
    expect(await machine.must('journalctl -u vant -p err -o cat')).toContain('Redis does not answer');
    await machine.must(`rm -r $(dirname ${DROP_IN}) && systemctl daemon-reload && systemctl restart vant`);
  });

  test('an upgrade that does not come up is taken back by itself', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    machine.write('etc/vant/release.pub', renderPublicKey(publicKey));
    // Works where it is tried, and fails as the service.
    const path = join(machine.root, 'root', 'new');
    writeFileSync(path, '#!/bin/sh\n[ -n "$NOTIFY_SOCKET" ] && echo "not today" && exit 1\nexec /root/vant "$@"\n', {
      mode: 0o755,
    });
    writeFileSync(`${path}.minisig`, await signFile(path, privateKey, 'version 9'));
    const { code, output } = await machine.run('/usr/local/bin/vant upgrade /root/new --within 60s');
    expect(output).toContain('did not come up, so the old one is back, and runs.');
    expect(code).toBe(1);
    expect(await property('ActiveState')).toBe('active');

    writeFileSync(`${path}.same.minisig`, await signFile(PROGRAM, privateKey, 'version 0'));
    machine.copyIn(PROGRAM, 'root/new.same');
    expect(await machine.must('/usr/local/bin/vant upgrade /root/new.same')).toContain('started again and is ready');
    expect(await machine.must('/usr/local/bin/vant upgrade --rollback')).toContain('The version before is back');
    expect(await property('ActiveState')).toBe('active');
  });

  test('a port in use is said before anything is started', async () => {
    await machine.must('systemctl stop vant.socket vant.service');
    const script = `sed -i 's/127.0.0.1:8420/127.0.0.1:8422/' /etc/vant/vant.config.yaml
      printf '[Socket]\\nListenStream=127.0.0.1:8422\\nAccept=no\\n' > /etc/systemd/system/other.socket
      printf '[Service]\\nExecStart=/bin/sleep 600\\n' > /etc/systemd/system/other.service
      systemctl daemon-reload && systemctl start other.socket
      cd /root && ./vant install --yes`;
    const { code, output } = await machine.run(script);
    expect(output).toMatch(/Another program listens on 127\.0\.0\.1:8422\.\n +Stop it/);
    expect(code).toBe(1);
    await machine.must('systemctl stop other.socket && cd /root && ./vant install --yes');
    expect(await machine.must('systemctl show vant.socket --property=Listen --value')).toContain('127.0.0.1:8422');
  });

  test('uninstall keeps the data, and says so; purge leaves nothing', async () => {
    const kept = await machine.must('/root/vant uninstall');
    expect(kept).toContain('Stopped and disabled vant.service, vant.socket, vant-backup.timer.');
    expect(kept).toContain(
      'Kept /etc/vant, /var/lib/vant, /var/backups/vant. To remove them for good: vant uninstall --purge',
    );
    await machine.must(
      'test -d /var/lib/vant/redis && ! test -e /usr/local/bin/vant && ! systemctl cat vant 2>/dev/null',
    );
    // And back: the same team is there.
    expect(await machine.must('cd /root && ./vant install --yes')).toContain('Enabled and started');
    await machine.must('/root/vant uninstall --purge');
    const left = await machine.must(
      'find / -xdev \\( -name "vant*" -o -name "*.vant*" \\) -not -path "/root/*" -not -path "/proc/*" -not -path "/var/log/*"; getent passwd vant || true',
    );
    expect(left.trim()).toBe('');
  });
});
