import { describe, expect, test } from 'vitest';
import { RequestSigner } from '../../../../server/turn/client/request-signer.ts';
import { verifyFingerprint, verifyIntegrity } from '../../../../server/turn/stun/integrity.ts';
import { ATTRIBUTE, ERROR, MESSAGE_CLASS, METHOD } from '../../../../server/turn/stun/stun-constants.ts';
import { createHarness, REALM, udpTransport, type Fill } from '../../../support/turn/core-harness.ts';

describe('Binding', () => {
  test('tells the address, without authentication, with a fingerprint when there was one', async () => {
    const client = createHarness().client('nobody', 4711);
    const plain = await client.request('BINDING');
    expect(plain.findAddress(ATTRIBUTE.XOR_MAPPED_ADDRESS)).toEqual({ family: 4, address: '192.0.2.7', port: 4711 });
    expect(plain.has(ATTRIBUTE.FINGERPRINT)).toBe(false);
    const marked = await client.request('BINDING', (builder) => builder.fingerprint());
    expect(verifyFingerprint(marked)).toBe(true);
  });

  test('IPv6', async () => {
    const client = createHarness().client('nobody', 4711, 'tcp', '2001:db8::77');
    const answer = await client.request('BINDING');
    expect(answer.findAddress(ATTRIBUTE.XOR_MAPPED_ADDRESS)).toEqual({
      family: 6,
      address: '2001:db8::77',
      port: 4711,
    });
  });

  test('names what it does not understand, and skips what it need not', async () => {
    const client = createHarness().client();
    const answer = await client.request('BINDING', (builder) => builder.uint32(0x0003, 1).uint32(0x7ff0, 1));
    expect(answer.findErrorCode()).toBe(ERROR.UNKNOWN_ATTRIBUTE);
    expect(Buffer.from(answer.find(ATTRIBUTE.UNKNOWN_ATTRIBUTES)!).toString('hex')).toBe('00037ff0');
    expect(await client.codeOf('BINDING', (builder) => builder.uint32(0x8ff0, 1))).toBe(0);
  });
});

describe('authentication', () => {
  test('the first request is answered with realm and nonce, and not with integrity', async () => {
    const answer = await createHarness().client().request('ALLOCATE', udpTransport);
    expect(answer.findErrorCode()).toBe(ERROR.UNAUTHENTICATED);
    expect(answer.findText(ATTRIBUTE.REALM)).toBe(REALM);
    expect(answer.findText(ATTRIBUTE.NONCE)).toHaveLength(24);
    expect(answer.has(ATTRIBUTE.MESSAGE_INTEGRITY)).toBe(false);
  });

  test('answers are small: 1.6 times a Binding request, 2.6 times an Allocate request', async () => {
    const client = createHarness().client();
    const ratio = async (request: Uint8Array) => (await client.give(request))[0]!.bytes.length / request.length;
    expect(await ratio(client.build('BINDING'))).toBeLessThanOrEqual(1.6);
    expect(await ratio(client.build('ALLOCATE', udpTransport))).toBeLessThanOrEqual(2.6);
  });

  test('answers to authenticated requests, errors too, have integrity', async () => {
    const client = await createHarness().client().challenge();
    const failure = await client.request('REFRESH');
    expect(failure.findErrorCode()).toBe(ERROR.ALLOCATION_MISMATCH);
    for (const answer of [failure, await client.allocate()]) {
      expect(verifyIntegrity(answer, 'sha1', client.signer.key!)).toBe(true);
    }
  });

  test('with SHA-256 when the request has it', async () => {
    const client = await createHarness().client().challenge();
    const answer = await client.request('REFRESH');
    const nonce = (await createNonce(client))!;
    const [stronger] = await client.give(
      client.build(
        'REFRESH',
        (builder) =>
          builder
            .text(ATTRIBUTE.USERNAME, 'ada')
            .text(ATTRIBUTE.REALM, REALM)
            .text(ATTRIBUTE.NONCE, nonce)
            .integrity('sha256', client.signer.key!),
        new RequestSigner('', ''),
      ),
    );
    expect(answer.has(ATTRIBUTE.MESSAGE_INTEGRITY_SHA256)).toBe(false);
    expect(verifyIntegrity(stronger!, 'sha256', client.signer.key!)).toBe(true);
    expect(stronger!.has(ATTRIBUTE.MESSAGE_INTEGRITY)).toBe(false);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', '', 'x'.repeat(508), 'x'.repeat(509)])(
    'the user %j is unknown',
    async (username) => {
      const harness = createHarness();
      const client = await harness.client(username).challenge();
      expect(await client.codeOf('ALLOCATE', udpTransport)).toBe(ERROR.UNAUTHENTICATED);
      expect(harness.sockets).toHaveLength(0);
    },
  );

  test('an unknown user and a wrong password get answers of the same shape', async () => {
    const harness = createHarness();
    const shapes = ['nobody', 'ada'].map(async (username, index) => {
      const client = await harness.client(username, 6000 + index).challenge();
      const wrong = new RequestSigner(username, 'wrong');
      wrong.learn(await client.request('ALLOCATE', udpTransport));
      const [answer] = await client.give(client.build('ALLOCATE', udpTransport, wrong));
      return [answer!.findErrorCode(), answer!.bytes.length];
    });
    const [unknown, mistaken] = await Promise.all(shapes);
    expect(unknown).toEqual([ERROR.UNAUTHENTICATED, 64]);
    expect(mistaken).toEqual(unknown);
  });

  test.each([
    ['USERNAME', ATTRIBUTE.USERNAME],
    ['REALM', ATTRIBUTE.REALM],
    ['NONCE', ATTRIBUTE.NONCE],
  ])('integrity without %s is a bad request', async (_, left) => {
    const client = await createHarness().client().challenge();
    const parts = [
      [ATTRIBUTE.USERNAME, 'ada'],
      [ATTRIBUTE.REALM, REALM],
      [ATTRIBUTE.NONCE, 'x'],
    ] as const;
    const fill: Fill = (builder) => {
      for (const [type, text] of parts) if (type !== left) builder.text(type, text);
      builder.integrity('sha1', client.signer.key!);
    };
    const [answer] = await client.give(client.build('ALLOCATE', fill, new RequestSigner('', '')));
    expect(answer!.findErrorCode()).toBe(ERROR.BAD_REQUEST);
    expect(answer!.has(ATTRIBUTE.NONCE)).toBe(false);
  });

  test('a username without integrity is a request without authentication', async () => {
    const client = createHarness().client();
    expect(await client.codeOf('ALLOCATE', (builder) => builder.text(ATTRIBUTE.USERNAME, 'ada'))).toBe(
      ERROR.UNAUTHENTICATED,
    );
  });

  test('a wrong realm is refused with ours', async () => {
    const harness = createHarness();
    const client = await harness.client().challenge();
    const nonce = (await createNonce(client))!;
    const [answer] = await client.give(
      client.build(
        'ALLOCATE',
        (builder) =>
          builder
            .text(ATTRIBUTE.USERNAME, 'ada')
            .text(ATTRIBUTE.REALM, 'other')
            .text(ATTRIBUTE.NONCE, nonce)
            .integrity('sha1', client.signer.key!),
        new RequestSigner('', ''),
      ),
    );
    expect(answer!.findErrorCode()).toBe(ERROR.UNAUTHENTICATED);
    expect(answer!.findText(ATTRIBUTE.REALM)).toBe(REALM);
  });

  test('whoever names a password algorithm has been misled, as we offer none', async () => {
    const client = await createHarness().client().challenge();
    for (const type of [ATTRIBUTE.PASSWORD_ALGORITHM, ATTRIBUTE.PASSWORD_ALGORITHMS]) {
      expect(await client.codeOf('ALLOCATE', (builder) => builder.uint32(type, 0x0002_0000))).toBe(ERROR.BAD_REQUEST);
    }
  });

  test('a changed byte anywhere in the protected part is refused', async () => {
    const harness = createHarness();
    const client = await harness.client().challenge();
    const request = client.build('ALLOCATE', udpTransport);
    for (let at = 20; at < request.length; at++) {
      const changed = Buffer.from(request);
      changed[at]! ^= 0x40;
      const [answer] = await client.give(changed);
      expect(answer?.class === MESSAGE_CLASS.SUCCESS, `byte ${at}`).toBe(false);
    }
    expect(harness.sockets).toHaveLength(0);
  });
});

async function createNonce(client: ReturnType<ReturnType<typeof createHarness>['client']>) {
  const [answer] = await client.give(client.build('ALLOCATE', udpTransport, new RequestSigner('', '')));
  return answer?.findText(ATTRIBUTE.NONCE);
}

describe('nonces', () => {
  test('hold for ten minutes, and then are replaced', async () => {
    const harness = createHarness();
    const client = await harness.client().challenge();
    harness.pass(600);
    expect(await client.codeOf('REFRESH')).toBe(ERROR.ALLOCATION_MISMATCH);
    harness.pass(1);
    const stale = await client.request('REFRESH');
    expect(stale.findErrorCode()).toBe(ERROR.STALE_NONCE);
    client.signer.learn(stale);
    expect(await client.codeOf('REFRESH')).toBe(ERROR.ALLOCATION_MISMATCH);
  });

  test('are worth nothing to another port, address or transport, nor to another server', async () => {
    const harness = createHarness();
    const owner = await harness.client('ada', 5000, 'udp').challenge();
    const request = owner.build('ALLOCATE', udpTransport);
    const others = [
      harness.client('ada', 5001, 'udp'),
      harness.client('ada', 5000, 'udp', '192.0.2.8'),
      harness.client('ada', 5000, 'tcp'),
      createHarness().client('ada', 5000, 'udp'),
    ];
    for (const other of others) expect((await other.give(request))[0]?.findErrorCode()).toBe(ERROR.STALE_NONCE);
    expect((await owner.give(request))[0]?.class).toBe(MESSAGE_CLASS.SUCCESS);
  });

  test.each(['', 'constructor', 'x'.repeat(24), 'A'.repeat(24), 'x'.repeat(500)])('%j was never one', async (nonce) => {
    const client = await createHarness().client().challenge();
    const [answer] = await client.give(
      client.build(
        'ALLOCATE',
        (builder) =>
          builder
            .text(ATTRIBUTE.USERNAME, 'ada')
            .text(ATTRIBUTE.REALM, REALM)
            .text(ATTRIBUTE.NONCE, nonce)
            .integrity('sha1', client.signer.key!),
        new RequestSigner('', ''),
      ),
    );
    expect(answer!.findErrorCode()).toBe(ERROR.STALE_NONCE);
  });
});

test('messages that are no requests, and methods that are none, are not answered', async () => {
  const client = await createHarness().client().challenge();
  const request = Buffer.from(client.build('BINDING'));
  for (const type of [0x0011, 0x0101, 0x0111, 0x0002, 0x000a, 0x3fff]) {
    request.writeUInt16BE(type, 0);
    expect(await client.give(request)).toEqual([]);
  }
  expect(METHOD.BINDING).toBe(1);
});
