/** The process that answers one test call. The server starts it, and it ends with the call: libsignal and libdatachannel take memory
 * only while they are used, and keys and sound only while they are needed (docs/decisions/0018). */
import { decodeBase64Url } from '../../wire/encoding.ts';
import { addGuest } from '../../client/directory/guests.ts';
import type { FromEcho, ToEcho } from '../../server/calls/echo/echo-messages.ts';
import { createEphemeralPorts } from '../ports/node-ports.ts';
import { prepareAccount, type PreparedAccount } from './echo-account.ts';
import { EchoDevice } from './echo-device.ts';

/** Whoever has asked for it calls at once. */
const UNUSED_MS = 60_000;

type Prepare = Extract<ToEcho, { type: 'prepare' }>;
type Registered = Extract<ToEcho, { type: 'registered' }>;

const ports = createEphemeralPorts({ write: () => undefined });
const say = (message: FromEcho): void => void process.send?.(message);
const end = (): never => process.exit(0);
let begin: ((message: Registered) => void) | undefined;

// Without the server nobody could call.
process.once('disconnect', end);
process.on('message', (message: ToEcho) => {
  if (message.type === 'registered') begin?.(message);
  else void prepare(message);
});

async function prepare(options: Prepare): Promise<void> {
  const prepared = await prepareAccount(ports, options);
  const { accountId, identityKey } = options.caller;
  await ports.storage.transaction((tx) => addGuest(tx, accountId, decodeBase64Url(identityKey)));
  begin = (message) => start(options, prepared, message);
  say({ type: 'prepared', secretHash: prepared.secretHash, device: prepared.device });
}

function start({ caller, maxCallMs }: Prepare, prepared: PreparedAccount, message: Registered): void {
  const account = prepared.complete(message.accountId);
  const device = new EchoDevice(ports, account, {
    caller: caller.accountId,
    onConnected: () => say({ type: 'connected' }),
    onEnded: end,
  });
  device.start();
  setTimeout(() => device.endUnused(), UNUSED_MS);
  setTimeout(() => device.hangUp(), maxCallMs);
}
