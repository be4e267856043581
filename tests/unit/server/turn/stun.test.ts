import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeChannelData, readChannelDataLength } from '../../../../server/turn/stun/channel-data.ts';
import {
  findIntegrityKind,
  toIntegrityKey,
  toUserHash,
  verifyFingerprint,
  verifyIntegrity,
} from '../../../../server/turn/stun/integrity.ts';
import { formatIpAddress, parseIpAddress } from '../../../../server/turn/stun/ip-address.ts';
import { MessageBuilder } from '../../../../server/turn/stun/message-builder.ts';
import { FramingError, StreamFramer } from '../../../../server/turn/stun/stream-framer.ts';
import { ATTRIBUTE, MESSAGE_CLASS, METHOD } from '../../../../server/turn/stun/stun-constants.ts';
import { parseStunMessage } from '../../../../server/turn/stun/stun-message.ts';
import * as vectors from '../../../vectors/stun.ts';

const parse = (bytes: Uint8Array) => parseStunMessage(bytes)!;
const TRANSACTION = Uint8Array.from({ length: 12 }, (_, index) => index + 1);
const flip = (bytes: Uint8Array, at: number) =>
  Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));

describe('vectors of RFC 5769', () => {
  test.each([
    ['2.1 request', vectors.SAMPLE_REQUEST],
    ['2.2 response, IPv4', vectors.SAMPLE_IPV4_RESPONSE],
    ['2.3 response, IPv6', vectors.SAMPLE_IPV6_RESPONSE],
  ])('%s: integrity and fingerprint hold, and no longer after any bit has changed', (_, bytes) => {
    expect(verifyIntegrity(parse(bytes), 'sha1', vectors.SHORT_TERM_KEY)).toBe(true);
    expect(verifyFingerprint(parse(bytes))).toBe(true);
    for (let at = 8; at < bytes.length; at++) {
      const message = parseStunMessage(flip(bytes, at));
      const holds = message && verifyIntegrity(message, 'sha1', vectors.SHORT_TERM_KEY) && verifyFingerprint(message);
      expect(holds, `byte ${at}`).not.toBe(true);
    }
  });

  test('2.1: the attributes', () => {
    const message = parse(vectors.SAMPLE_REQUEST);
    expect([message.method, message.class]).toEqual([METHOD.BINDING, MESSAGE_CLASS.REQUEST]);
    expect(message.findText(ATTRIBUTE.USERNAME)).toBe('evtj:h6vY');
    expect(message.findUint32(0x0024)).toBe(0x6e0001ff);
    expect(message.findUnknown(new Set([ATTRIBUTE.USERNAME, ATTRIBUTE.MESSAGE_INTEGRITY]))).toEqual([0x0024]);
  });

  test('2.2 and 2.3: the addresses', () => {
    expect(parse(vectors.SAMPLE_IPV4_RESPONSE).findAddress(ATTRIBUTE.XOR_MAPPED_ADDRESS)).toEqual({
      family: 4,
      address: '192.0.2.1',
      port: 32853,
    });
    expect(parse(vectors.SAMPLE_IPV6_RESPONSE).findAddress(ATTRIBUTE.XOR_MAPPED_ADDRESS)).toEqual({
      family: 6,
      address: '2001:db8:1234:5678:11:2233:4455:6677',
      port: 32853,
    });
  });

  test('2.4: long-term credentials', () => {
    const { username, realm, password } = vectors.LONG_TERM;
    const message = parse(vectors.LONG_TERM_REQUEST);
    expect(message.findText(ATTRIBUTE.USERNAME)).toBe(username);
    expect(verifyIntegrity(message, 'sha1', toIntegrityKey(username, realm, password))).toBe(true);
    expect(verifyIntegrity(message, 'sha1', toIntegrityKey(username, realm, 'TheMatrix'))).toBe(false);
    expect(verifyFingerprint(message)).toBeUndefined();
  });
});

test('RFC 8489, B.1 (corrected): SHA-256 and user hash', () => {
  const { username, realm, password } = vectors.LONG_TERM;
  const message = parse(vectors.SHA256_REQUEST);
  expect(message.find(ATTRIBUTE.USERHASH)).toEqual(toUserHash(username, realm));
  expect(findIntegrityKind(message)).toBe('sha256');
  const key = createHash('sha256').update(`${username}:${realm}:${password}`).digest();
  expect(verifyIntegrity(message, 'sha256', key)).toBe(true);
  expect(verifyIntegrity(parse(flip(vectors.SHA256_REQUEST, 60)), 'sha256', key)).toBe(false);
});

describe('messages', () => {
  const build = () =>
    new MessageBuilder(METHOD.CHANNEL_BIND, MESSAGE_CLASS.ERROR, TRANSACTION)
      .error(438)
      .text(ATTRIBUTE.REALM, 'vant')
      .address(ATTRIBUTE.XOR_PEER_ADDRESS, '2001:db8::5', 9)
      .bytes(ATTRIBUTE.DATA, new Uint8Array(700).fill(7))
      .integrity('sha1', vectors.SHORT_TERM_KEY)
      .integrity('sha256', vectors.SHORT_TERM_KEY)
      .fingerprint()
      .build();

  test('what is built is read again', () => {
    const message = parse(build());
    expect([message.method, message.class]).toEqual([METHOD.CHANNEL_BIND, MESSAGE_CLASS.ERROR]);
    expect(message.findErrorCode()).toBe(438);
    expect(message.findText(ATTRIBUTE.REALM)).toBe('vant');
    expect(message.findAddress(ATTRIBUTE.XOR_PEER_ADDRESS)).toEqual({ family: 6, address: '2001:db8::5', port: 9 });
    expect(message.find(ATTRIBUTE.DATA)).toHaveLength(700);
    expect(message.transactionId).toEqual(Buffer.from(TRANSACTION));
    for (const kind of ['sha1', 'sha256'] as const) {
      expect(verifyIntegrity(message, kind, vectors.SHORT_TERM_KEY)).toBe(true);
    }
    expect(verifyFingerprint(message)).toBe(true);
  });

  test('every method and class has its own type', () => {
    for (const method of [...Object.values(METHOD), 0x0fff, 0x0080]) {
      for (const messageClass of Object.values(MESSAGE_CLASS)) {
        const message = parse(new MessageBuilder(method, messageClass, TRANSACTION).build());
        expect([message.method, message.class]).toEqual([method, messageClass]);
      }
    }
  });

  test('what is cut off anywhere, or longer than it says, is no message', () => {
    const bytes = build();
    for (let length = 0; length < bytes.length; length++)
      expect(parseStunMessage(bytes.subarray(0, length))).toBeUndefined();
    expect(parseStunMessage(Buffer.concat([bytes, Buffer.alloc(4)]))).toBeUndefined();
  });

  test('the first of two counts, and nothing behind the integrity', () => {
    const bytes = new MessageBuilder(METHOD.ALLOCATE, MESSAGE_CLASS.REQUEST, TRANSACTION)
      .text(ATTRIBUTE.REALM, 'one')
      .text(ATTRIBUTE.REALM, 'two')
      .integrity('sha1', vectors.SHORT_TERM_KEY)
      .text(ATTRIBUTE.NONCE, 'unprotected')
      .build();
    expect(parse(bytes).findText(ATTRIBUTE.REALM)).toBe('one');
    expect(parse(bytes).has(ATTRIBUTE.NONCE)).toBe(false);
  });

  test('nothing may follow a FINGERPRINT', () => {
    const builder = new MessageBuilder(METHOD.BINDING, MESSAGE_CLASS.REQUEST, TRANSACTION).fingerprint();
    expect(parseStunMessage(Uint8Array.from(builder.build()))).toBeDefined();
    expect(parseStunMessage(builder.text(ATTRIBUTE.REALM, 'x').build())).toBeUndefined();
  });

  test('64 attributes are read, 65 are not', () => {
    const builder = new MessageBuilder(METHOD.BINDING, MESSAGE_CLASS.REQUEST, TRANSACTION);
    for (let count = 0; count < 64; count++) builder.bytes(0x8022, new Uint8Array(0));
    expect(parseStunMessage(Uint8Array.from(builder.build()))).toBeDefined();
    expect(parseStunMessage(builder.bytes(0x8022, new Uint8Array(0)).build())).toBeUndefined();
  });

  test.each([
    ['IPv6 in four bytes', Uint8Array.of(0, 2, 1, 1, 1, 2, 3, 4)],
    ['IPv4 in sixteen', new Uint8Array(20).fill(1)],
    ['family 0', Uint8Array.of(0, 0, 1, 1, 1, 2, 3, 4)],
    ['family 3', Uint8Array.of(0, 3, 1, 1, 1, 2, 3, 4)],
    ['nothing', new Uint8Array(0)],
  ])('an address attribute with %s is none', (_, value) => {
    const bytes = new MessageBuilder(METHOD.BINDING, MESSAGE_CLASS.REQUEST, TRANSACTION).bytes(0x0012, value).build();
    expect(parse(bytes).findAddress(ATTRIBUTE.XOR_PEER_ADDRESS)).toBeUndefined();
  });
});

describe('addresses as text', () => {
  test.each([
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:10.1.2.3', '::ffff:10.1.2.3'],
    ['::ffff:0a01:0203', '::ffff:10.1.2.3'],
    ['::10.1.2.3', '::10.1.2.3'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
    ['192.0.2.33', '192.0.2.33'],
  ])('%s', (written, expected) => {
    expect(formatIpAddress(parseIpAddress(written)!)).toBe(expected);
  });

  test.each(['', '1.2.3', '1.2.3.4.5', 'example.org', '::g', '0x7f.1', '127.1', '2130706433'])('%j is none', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  test('all sixteen bytes survive the way through text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(14), (bytes, zeros) => {
        bytes.fill(0, zeros, zeros + 6);
        const text = formatIpAddress(bytes);
        expect(isIPv6(text)).toBe(true);
        expect(parseIpAddress(text)).toEqual(bytes);
      }),
    );
  });
});

describe('ChannelData', () => {
  test('is padded over streams only', () => {
    const data = Buffer.from('hello');
    expect(encodeChannelData(0x4001, data, false)).toEqual(Buffer.from('4001000568656c6c6f', 'hex'));
    expect(encodeChannelData(0x4001, data, true)).toEqual(Buffer.from('4001000568656c6c6f000000', 'hex'));
  });

  test('tells its length, or that it is cut off', () => {
    const bytes = encodeChannelData(0x4001, new Uint8Array(5), false);
    expect(readChannelDataLength(bytes)).toBe(5);
    expect(readChannelDataLength(Buffer.concat([bytes, Buffer.alloc(3)]))).toBe(5);
    for (let length = 0; length < bytes.length; length++)
      expect(readChannelDataLength(bytes.subarray(0, length))).toBe(-1);
  });
});

describe('streams', () => {
  const messages = [
    encodeChannelData(0x4000, new Uint8Array(5).fill(1), true),
    vectors.SAMPLE_REQUEST,
    encodeChannelData(0x7fff, new Uint8Array(0), true),
    vectors.SAMPLE_IPV6_RESPONSE,
    encodeChannelData(0x4321, new Uint8Array(1200).fill(2), true),
  ];
  const stream = Buffer.concat(messages);

  test('messages are the same however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (cuts) => {
        const seen: Uint8Array[] = [];
        const framer = new StreamFramer(2048, (message) => seen.push(Uint8Array.from(message)));
        const borders = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        for (let i = 1; i < borders.length; i++) framer.push(stream.subarray(borders[i - 1], borders[i]));
        expect(Buffer.concat(seen)).toEqual(stream);
        expect(seen).toHaveLength(messages.length);
      }),
    );
  });

  test('byte by byte', () => {
    let count = 0;
    const framer = new StreamFramer(2048, () => count++);
    for (const byte of stream) framer.push(Uint8Array.of(byte));
    expect(count).toBe(messages.length);
  });

  test('the largest message passes, one byte more ends the stream before it is kept', () => {
    const framer = new StreamFramer(1024, () => undefined);
    framer.push(encodeChannelData(0x4000, new Uint8Array(1020), true));
    expect(() => framer.push(encodeChannelData(0x4000, new Uint8Array(1021), true).subarray(0, 4))).toThrow(
      FramingError,
    );
  });

  test.each([
    'GET / HTTP/1.1\r\n\r\n......',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a ClientHello',
    '\x00\x01\x00\x00not the cookie...',
  ])('%j is something else', (text) => {
    const framer = new StreamFramer(16_384, () => undefined);
    expect(() => framer.push(Buffer.from(text, 'latin1'))).toThrow(FramingError);
  });
});
