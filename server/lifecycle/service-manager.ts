/** Tells systemd how this service is (sd_notify), in the order in which things happen.
 *
 * The protocol is one datagram to an AF_UNIX socket, which Node cannot open. So each message goes through systemd's own
 * systemd-notify, which is there wherever the socket is: about 5 ms, four times a minute. It is a child, hence
 * NotifyAccess=all in the unit; it waits until systemd has taken the message, so that none is lost (docs/decisions/0015). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from '../storage/embedded/find-on-path.ts';

const TIMEOUT_MS = 10_000;

export interface ServiceManager {
  /** How often it must hear from us; undefined: it does not watch this process. */
  readonly watchdogMs: number | undefined;
  /** Serving. Also the end of a reload. */
  ready(status: string): Promise<void>;
  reloading(): Promise<void>;
  stopping(): Promise<void>;
  /** What `systemctl status` shows. */
  status(text: string): Promise<void>;
  /** Alive; without it for `watchdogMs`, systemd kills the service and starts it again. */
  alive(): Promise<void>;
}

/** @param report told why a message could not be sent: systemd will give up waiting */
export function connectServiceManager(env: NodeJS.ProcessEnv, report: (problem: string) => void): ServiceManager {
  const isThere = (env['NOTIFY_SOCKET'] ?? '') !== '';
  const [program] = isThere ? findOnPath(['systemd-notify'], env) : [];
  if (isThere && program === undefined) {
    report(
      'systemd wants to be told when this service is ready, and the program systemd-notify is missing: install systemd',
    );
  }
  let sending: Promise<void> = Promise.resolve();
  const send = (...assignments: string[]): Promise<void> => {
    if (program === undefined) return Promise.resolve();
    sending = sending.then(async () => {
      const environment = { NOTIFY_SOCKET: env['NOTIFY_SOCKET'] };
      await promisify(execFile)(program, assignments, { env: environment, timeout: TIMEOUT_MS }).catch(
        (error: unknown) => report(`systemd could not be told ${assignments[0] ?? ''}: ${(error as Error).message}`),
      );
    });
    return sending;
  };
  return {
    watchdogMs: program === undefined ? undefined : readWatchdog(env),
    ready: (status) => send('READY=1', `STATUS=${oneLine(status)}`),
    // CLOCK_MONOTONIC, by which systemd tells this reload from the one before.
    reloading: () => send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => send('STOPPING=1', 'STATUS=Stopping'),
    status: (text) => send(`STATUS=${oneLine(text)}`),
    alive: () => send('WATCHDOG=1'),
  };
}

/** A value of 0, or one that is meant for another process, means none. */
export function readWatchdog(env: NodeJS.ProcessEnv): number | undefined {
  const { WATCHDOG_USEC, WATCHDOG_PID } = env;
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  const ms = Number(WATCHDOG_USEC ?? 0) / 1000;
  return isOurs && ms > 0 ? ms : undefined;
}

const oneLine = (text: string): string => text.replaceAll('\n', ' ');
