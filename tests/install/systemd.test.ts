/** `vant install` under a real systemd: start, sandbox, sockets, watchdog, reload, upgrade, and back to nothing. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
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
const CLIENTS = join(import.meta.dirname, 'restart-clients.ts');
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

  describe('backups', () => {
    const BACKUPS = '/var/backups/vant';
    const list = async () => (await machine.must(`ls ${BACKUPS}`)).trim().split('\n').filter(Boolean);
    const journal = () => machine.must('journalctl -u vant-backup -o cat --no-pager');

    test('are not begun before it is known for whom to encrypt, and that is no failure', async () => {
      await machine.must('systemctl start vant-backup');
      expect(await list()).toEqual([]);
      expect(await machine.must('systemctl show vant-backup --property=ConditionResult --value')).toBe('no\n');
      expect(await machine.must('systemctl show vant-backup --property=Result --value')).toBe('success\n');
    });

    test('an impossible recipient is said in the journal, and fails the unit', async () => {
      await machine.must('echo BACKUP_RECIPIENT=age1nonsense > /etc/vant/backup.env');
      expect((await machine.run('systemctl start vant-backup')).code).not.toBe(0);
      expect(await journal()).toContain('is no age recipient');
      await machine.must('systemctl reset-failed vant-backup');
      expect(await list()).toEqual([]);
    });

    test('the unit writes one that opens, and removes all but the newest 14', async () => {
      await machine.must(`cd /root
        ./vant join "$(journalctl -u vant -o cat | grep -o 'http://[^ ]*/join#[A-Za-z0-9_-]\\{43\\}$' | tail -1)" --name Ada
        echo "BACKUP_RECIPIENT=$(./vant backup-key backup.key)" > /etc/vant/backup.env
        for day in $(seq 10 29); do touch ${BACKUPS}/vant-199901\${day}T000000Z.age; done
        touch ${BACKUPS}/mine.txt
        chown vant:vant ${BACKUPS}/*
        systemctl start vant-backup`);
      const names = await list();
      expect(names).toHaveLength(15);
      expect(names).toContain('mine.txt');
      expect(names).not.toContain('vant-19990116T000000Z.age');
      expect(names).toContain('vant-19990117T000000Z.age');
      const made = names.filter((name) => !/^vant-1999|^mine/.test(name));
      expect(made).toEqual([expect.stringMatching(/^vant-2\d{7}T\d{6}Z\.age$/)]);
      expect(await machine.must(`stat -c '%U %a' ${BACKUPS}/${made[0]}`)).toBe('vant 600\n');
      expect(await machine.must(`head -c 21 ${BACKUPS}/${made[0]}`)).toBe('age-encryption.org/v1');
      const restore = `VANT_STORAGE_DATA_DIR=/root/restored-data ./vant restore ${BACKUPS}/${made[0]}`;
      const restored = await machine.must(`cd /root && ${restore} --identity backup.key --to restored`);
      expect(restored).toContain('Restored: 1 member');
      await machine.must('cd /root && test -e restored/vant.config.yaml && rm -r restored restored-data');
    });

    test('the journal says how it went, and nothing that is secret', async () => {
      const said = await journal();
      expect(said).toMatch(/vant-\d{8}T\d{6}Z\.age is complete: 1 member, \d+ records, \d+ files, \d+ KiB/);
      const secrets = await machine.must('grep -o AGE-SECRET-KEY-.* /root/backup.key; cat /var/lib/vant/secret.key');
      for (const secret of ['AGE-SECRET-KEY', ...secrets.trim().split('\n')]) expect(said).not.toContain(secret);
      expect(await property('ActiveState')).toBe('active');
    });

    test('the timer starts it', async () => {
      const next = await machine.must('systemctl show vant-backup.timer --property=NextElapseUSecRealtime --value');
      expect(next).toMatch(/\d{4}-\d{2}-\d{2} 0[34]:/);
      const drop = '/etc/systemd/system/vant-backup.timer.d';
      const soon = '[Timer]\\nOnCalendar=\\nOnActiveSec=1s\\nRandomizedDelaySec=0\\nAccuracySec=100ms\\n';
      const ended = 'journalctl -u vant-backup -o cat | grep -c "is complete"';
      const before = Number(await machine.must(ended));
      await machine.must(`mkdir ${drop} && printf '${soon}' > ${drop}/test.conf
        systemctl daemon-reload && systemctl restart vant-backup.timer`);
      await machine.until(`[ "$(${ended})" -gt ${before} ]`);
      expect(await list()).toHaveLength(15);
      await machine.must(`rm -r ${drop} && systemctl daemon-reload && systemctl restart vant-backup.timer`);
    });
  });

  test('clients wait while it restarts: the socket stays', async () => {
    const loop = `bash -c '
      refused=0
      for i in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/8420) 2>/dev/null || refused=$((refused+1)); sleep 0.02; done
      echo refused=$refused' > /tmp/loop & loop=$!; systemctl restart vant; wait $loop; cat /tmp/loop`;
    expect(await machine.must(loop)).toContain('refused=0');
  });

  test('clients wait over TLS, too: systemd holds the port, Vant the certificate', async () => {
    const config = '/etc/vant/vant.config.yaml';
    await machine.must(`cp -p ${config} /root/before.yaml
      sed -i 's|^server:$|&\\n  public_url: https://localhost:8420|' ${config}
      printf 'tls:\\n  mode: local\\n  names: [localhost, 127.0.0.1]\\n  http_listen: []\\n' >> ${config}
      /root/vant config check --config ${config}
      systemctl restart vant
      su -s /bin/sh vant -c 'vant tls trust --config ${config} --out /var/lib/vant/trust.pem'`);
    expect(await property('StatusText')).toBe('Serving');
    const authority = join(machine.root, 'var/lib/vant/trust.pem');
    const clients = machine.spawnInNetwork(process.execPath, [CLIENTS, '8420', authority]);
    let said = '';
    clients.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(clients.stdout, 'data');
    const before = await property('MainPID');
    for (let round = 0; round < 3; round++) await machine.must('systemctl restart vant');
    expect(await property('MainPID')).not.toBe(before);
    clients.stdin.end();
    await once(clients, 'close');
    const met = JSON.parse(said.split('\n')[1] ?? '') as Record<string, number>;
    expect(met).toEqual({ answered: expect.any(Number) as number });
    expect(met['answered']).toBeGreaterThan(20);
    await machine.must(`cp -p /root/before.yaml ${config} && rm /var/lib/vant/trust.pem && systemctl restart vant`);
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
