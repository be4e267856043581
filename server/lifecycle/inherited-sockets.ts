/** Sockets that systemd has opened for this service (sd_listen_fds): they stay open while the server restarts, so that clients
 * wait instead of being refused, and a port below 1024 needs no privilege. */

/** The first one that is passed; 0 to 2 are the standard streams. */
const FIRST_DESCRIPTOR = 3;
/** `FileDescriptorName=` in vant.socket. */
const WEB_NAME = 'web';

/** @returns the file descriptor of the listening socket of the web server, if there is one
 * @throws Error when there are several and none says that it is the one. */
export function findInheritedSocket(env: NodeJS.ProcessEnv, pid = process.pid): number | undefined {
  const count = Number(env['LISTEN_FDS'] ?? 0);
  // Inherited by mistake, from a parent that was meant.
  if (count === 0 || Number(env['LISTEN_PID']) !== pid) return undefined;
  const names = (env['LISTEN_FDNAMES'] ?? '').split(':');
  const index = names.indexOf(WEB_NAME);
  if (index >= 0) return FIRST_DESCRIPTOR + index;
  if (count === 1) return FIRST_DESCRIPTOR;
  throw new Error(
    `systemd passes ${count} sockets (${names.join(', ')}), and none is named "${WEB_NAME}": set FileDescriptorName=${WEB_NAME} in the socket unit.`,
  );
}
