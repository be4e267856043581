/** Where peers reach us: found on this machine, asked from a real STUN server, looked up, or told. */
import { afterEach, describe, expect, test } from 'vitest';
import {
  findRelayAddresses,
  listHostAddresses,
  type AddressHints,
} from '../../../../server/turn/net/relay-addresses.ts';
import { TurnServer } from '../../../../server/turn/net/turn-server.ts';
import { SETTINGS } from '../../../support/turn/turn-host.ts';

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanUp of cleanups.splice(0)) cleanUp();
});

const find = (hints: Partial<AddressHints>) =>
  findRelayAddresses({ listenHosts: [], configured: [], stunServer: undefined, publicHost: undefined, ...hints });

async function startStunServer(): Promise<{ host: string; port: number }> {
  const server = new TurnServer({
    ...SETTINGS,
    authenticate: () => [],
    allowPeer: () => false,
    quota: () => 'server',
    onEvent: () => undefined,
  });
  cleanups.push(() => server.stop());
  await server.listen([{ transport: 'udp', address: '127.0.0.1', port: 0 }]);
  return { host: '127.0.0.1', port: server.addresses[0]!.port };
}

describe('the relayed address', () => {
  test('of a server for this machine only is of this machine only', async () => {
    expect(await find({ listenHosts: ['127.0.0.1', '::1'] })).toEqual({
      4: { local: '127.0.0.1', external: '127.0.0.1', origin: 'private' },
    });
  });

  test('is what the admin says, for each family that is listened on', async () => {
    const configured = ['203.0.113.7', '2001:db8::7'];
    expect(await find({ listenHosts: ['10.0.0.5'], configured })).toEqual({
      4: { local: '10.0.0.5', external: '203.0.113.7', origin: 'configured' },
    });
    expect(await find({ listenHosts: ['10.0.0.5', 'fd00::5'], configured })).toMatchObject({
      4: { external: '203.0.113.7' },
      6: { local: 'fd00::5', external: '2001:db8::7' },
    });
  });

  test('is the one of the interface, when that is public', async () => {
    const listenHosts = ['127.0.0.1', '93.184.216.34', '2a00::34'];
    expect(await find({ listenHosts, publicHost: '1.1.1.1' })).toEqual({
      4: { local: '93.184.216.34', external: '93.184.216.34', origin: 'interface' },
      6: { local: '2a00::34', external: '2a00::34', origin: 'interface' },
    });
  });

  test('behind NAT is asked from the STUN server, before the name', async () => {
    const stunServer = await startStunServer();
    const found = await find({ listenHosts: ['10.0.0.5'], stunServer, publicHost: '93.184.216.34' });
    expect(found).toEqual({ 4: { local: '10.0.0.5', external: '127.0.0.1', origin: 'stun' } });
  });

  test('behind NAT is what the name leads to, when that is public', async () => {
    const listenHosts = ['10.0.0.5'];
    expect(await find({ listenHosts, publicHost: '93.184.216.34' })).toEqual({
      4: { local: '10.0.0.5', external: '93.184.216.34', origin: 'dns' },
    });
    expect(await find({ listenHosts, publicHost: '10.0.0.9' })).toEqual({
      4: { local: '10.0.0.5', external: '10.0.0.5', origin: 'private' },
    });
    expect(await find({ listenHosts, publicHost: 'localhost' })).toMatchObject({ 4: { origin: 'private' } });
  });

  test('of all addresses is the one that the system would use', async () => {
    const { 4: four } = await find({ listenHosts: ['0.0.0.0', '::'] });
    expect([...listHostAddresses(), '127.0.0.1']).toContain(four?.local);
  });

  test('there is none for a family that nobody listens on, nor of private IPv6', async () => {
    expect(await find({ listenHosts: ['fd00::5'] })).toEqual({});
  });
});
