import { describe, expect, test } from 'vitest';
import { createPeerPolicy, isPublicAddress } from '../../../../server/turn/policy/peer-policy.ts';
import { encodeChannelData } from '../../../../server/turn/stun/channel-data.ts';
import { ATTRIBUTE, ERROR } from '../../../../server/turn/stun/stun-constants.ts';
import { all, channel, createHarness, xorPeer, type Fill } from '../../../support/turn/core-harness.ts';

/** What must not be reached through a relay, in every spelling. */
const FORBIDDEN = [
  ...[
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
  ],
  ...['169.254.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1'],
  ...['192.168.0.1', '192.168.255.255', '198.18.0.1', '198.19.255.255', '198.51.100.7', '203.0.113.7', '224.0.0.1'],
  ...['239.255.255.255', '240.0.0.1', '255.255.255.254', '255.255.255.255'],
];
const FORBIDDEN_6 = [
  ...['::', '::1', '::127.0.0.1', '::169.254.169.254', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254'],
  ...[
    '::ffff:8.8.8.8',
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::7f00:1',
    '100::1',
  ],
  ...['2001::1', '2001:0:7f00:1::', '2001:db8::1', '2002:7f00:1::', '2002:a9fe:a9fe::1', '3fff::1', '5f00::1'],
  ...['fc00::1', 'fd00:ec2::254', 'fdff::1', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', 'ff0e::1'],
];
/** One outside of each of the networks above. */
const PUBLIC = [
  ...[
    '1.0.0.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
  ],
  ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0'],
  ...[
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
    '203.0.114.0',
    '223.255.255.255',
  ],
  ...['2000::1', '2001:200::1', '2001:4860:4860::8888', '2003::1', '2606:4700::1', '2a00::1', '3ffe::1'],
];

describe('the policy', () => {
  test.each([...FORBIDDEN, ...FORBIDDEN_6])('denies %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(PUBLIC)('allows %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each(['', 'localhost', '8.8.8.8.8', '0x7f.1', '127.1', '2130706433', '8.8.8.8/32'])(
    'denies %j, which is none',
    (text) => {
      expect(isPublicAddress(text)).toBe(false);
    },
  );

  test('what the admin allows is allowed, and no more', () => {
    const isAllowed = createPeerPolicy({ allow: ['10.8.0.0/24', '127.0.0.1', 'fd00:1::/32'], deny: [] });
    const addresses = [
      '10.8.0.0',
      '10.8.0.255',
      '10.8.1.0',
      '10.7.255.255',
      '127.0.0.1',
      '127.0.0.2',
      'fd00:1:9::1',
      'fd00:2::1',
    ];
    expect(addresses.filter(isAllowed)).toEqual(['10.8.0.0', '10.8.0.255', '127.0.0.1', 'fd00:1:9::1']);
  });

  test('what the admin denies is denied, also when it is allowed', () => {
    const isAllowed = createPeerPolicy({ allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16', '8.8.8.8'] });
    expect(['10.0.0.1', '10.1.0.1', '8.8.8.8', '8.8.4.4'].filter(isAllowed)).toEqual(['10.0.0.1', '8.8.4.4']);
  });

  test('what can be no peer cannot be allowed', () => {
    const isAllowed = createPeerPolicy({ allow: ['0.0.0.0/0', '::/0'], deny: [] });
    const impossible = [
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
    ];
    expect(impossible.filter(isAllowed)).toEqual([]);
    expect(['127.0.0.1', '::1', '10.0.0.1'].filter(isAllowed)).toHaveLength(3);
  });

  test("this host's other addresses are denied, unless they are allowed", () => {
    const hostAddresses = () => ['93.184.216.34', '2a00::34'];
    const isAllowed = createPeerPolicy({ allow: [], deny: [], hostAddresses });
    expect(['93.184.216.34', '93.184.216.35', '2a00::34'].filter(isAllowed)).toEqual(['93.184.216.35']);
    expect(createPeerPolicy({ allow: ['93.184.216.34'], deny: [], hostAddresses })('93.184.216.34')).toBe(true);
  });
});

describe('a forbidden peer', () => {
  const dual: Fill = (builder) => builder.uint32(ATTRIBUTE.ADDITIONAL_ADDRESS_FAMILY, 0x0200_0000);

  test.each([...FORBIDDEN, ...FORBIDDEN_6])(
    '%s: 403 by permission and by channel, and nothing is sent',
    async (address) => {
      const harness = createHarness();
      harness.core.setRelayAddresses({ 4: '93.184.216.34', 6: '2a00::34' });
      // On an allocation with both families, so that each spelling has a socket that could send it.
      const client = await harness.client().allocated(dual);
      expect(await client.codeOf('CREATE_PERMISSION', xorPeer(address))).toBe(ERROR.FORBIDDEN);
      expect(await client.codeOf('CREATE_PERMISSION', xorPeer('8.8.8.8', address))).toBe(ERROR.FORBIDDEN);
      expect(await client.codeOf('CHANNEL_BIND', channel(0x4000, address, 80))).toBe(ERROR.FORBIDDEN);
      client.indicate(address, 80, Buffer.from('GET /latest/meta-data'));
      client.giveRaw(encodeChannelData(0x4000, Buffer.from('GET /latest/meta-data'), false));
      expect(harness.sent).toEqual([]);
      expect(client.allocation!.permissions.size).toBe(0);
    },
  );

  test('IPv4 in IPv6 on an allocation for IPv4 is another family', async () => {
    const client = await createHarness().client().allocated();
    for (const address of FORBIDDEN_6) {
      expect(await client.codeOf('CREATE_PERMISSION', xorPeer(address))).toBe(ERROR.PEER_FAMILY_MISMATCH);
      expect(await client.codeOf('CHANNEL_BIND', channel(0x4000, address, 80))).toBe(ERROR.PEER_FAMILY_MISMATCH);
    }
  });

  test('port 0 binds no channel, and never reaches a socket', async () => {
    const harness = createHarness();
    const client = await harness.client().allocated(dual);
    expect(await client.codeOf('CHANNEL_BIND', channel(0x4000, '8.8.8.8', 0))).toBe(ERROR.BAD_REQUEST);
    await client.request('CREATE_PERMISSION', all(xorPeer('8.8.8.8')));
    client.indicate('8.8.8.8', 0, Buffer.from('x'));
    expect(harness.sent).toEqual([]);
  });
});
