/** The hand-written codecs of the hot path, held to the generated ones. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeClientFrame } from '../../../server/relay/decode-client-frame.ts';
import { encodeDelivery, encodeEnvelope, encodeSendResponse } from '../../../server/relay/frames.ts';
import { ClientFrame, Envelope, EnvelopeType, ServerFrame } from '../../../wire/generated/frames.ts';

const uint32 = fc.nat({ max: 2 ** 32 - 1 });
/** All lengths of a varint, up to the largest safe integer. */
const uint53 = fc.oneof(fc.nat(300), uint32, fc.maxSafeNat());
const bytes = fc.uint8Array({ maxLength: 300 });

const message = fc.record({ deviceId: uint32, registrationId: uint32, content: bytes });
const request = fc.record({
  requestId: uint32,
  recipient: bytes,
  messageId: bytes,
  clientTimestamp: uint53,
  messages: fc.array(message, { maxLength: 5 }),
  urgent: fc.boolean(),
  ephemeral: fc.boolean(),
  ttlSeconds: uint32,
  resend: fc.boolean(),
  call: fc.boolean(),
});
const body: fc.Arbitrary<NonNullable<ClientFrame['body']>> = fc.oneof(
  request.map((value) => ({ $case: 'send' as const, value })),
  fc.array(uint53, { maxLength: 80 }).map((deliveryIds) => ({ $case: 'ack' as const, value: { deliveryIds } })),
  fc.constant({ $case: 'keepalive' as const, value: {} }),
);

/** What a decoder makes of bytes: a frame, or a refusal. */
function outcomeOf(decode: (data: Buffer) => ClientFrame, data: Buffer): unknown {
  try {
    return toPlain(decode(data));
  } catch {
    return 'refused';
  }
}

/** Views on a Buffer and arrays of their own hold the same bytes. */
function toPlain(frame: ClientFrame): unknown {
  return JSON.parse(
    JSON.stringify(frame, (_key, value: unknown) =>
      ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : isBufferJson(value) ? value.data : value,
    ),
  );
}

function isBufferJson(value: unknown): value is { data: number[] } {
  return (value as { type?: unknown } | null)?.type === 'Buffer';
}

const generated = (data: Buffer) => ClientFrame.decode(data);

describe('decodeClientFrame', () => {
  test('reads what the generated encoder writes', () => {
    fc.assert(
      fc.property(body, (value) => {
        const data = Buffer.from(ClientFrame.encode({ body: value }).finish());
        expect(outcomeOf(decodeClientFrame, data)).toEqual(outcomeOf(generated, data));
      }),
      { numRuns: 1_000 },
    );
  });

  test('makes of damaged frames what the generated decoder makes of them', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(body, damage, fc.nat(), (value, changes, cut) => {
        const whole = Buffer.from(ClientFrame.encode({ body: value }).finish());
        for (const [at, byte] of changes) if (whole.length > 0) whole[at % whole.length] = byte;
        for (const data of [whole, whole.subarray(0, cut % (whole.length + 1))]) {
          expect(outcomeOf(decodeClientFrame, data)).toEqual(outcomeOf(generated, data));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('makes of any bytes what the generated decoder makes of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (value) => {
        const data = Buffer.from(value);
        expect(outcomeOf(decodeClientFrame, data)).toEqual(outcomeOf(generated, data));
      }),
      { numRuns: 5_000 },
    );
  });

  test('two bodies in one frame: the last one counts', () => {
    const ack = ClientFrame.encode({ body: { $case: 'ack', value: { deliveryIds: [7] } } }).finish();
    const keepalive = ClientFrame.encode({ body: { $case: 'keepalive', value: {} } }).finish();
    expect(decodeClientFrame(Buffer.concat([ack, keepalive])).body?.$case).toBe('keepalive');
  });

  test('ids of an Ack that are not packed are read too', () => {
    expect(toPlain(decodeClientFrame(Buffer.of(0x12, 4, 0x08, 1, 0x08, 2)))).toEqual({
      body: { $case: 'ack', value: { deliveryIds: [1, 2] } },
    });
  });
});

const envelope = fc.record({
  content: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  messageId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  clientTimestamp: uint53,
  serverTimestamp: uint53,
  urgent: fc.boolean(),
  ephemeral: fc.boolean(),
});

describe('the encoders', () => {
  test('encodeEnvelope writes the bytes of the generated encoder', () => {
    fc.assert(
      fc.property(envelope, (value) => {
        const expected = Envelope.encode({ type: EnvelopeType.UNIDENTIFIED_SENDER, ...value }).finish();
        expect(encodeEnvelope(value)).toEqual(Buffer.from(expected));
      }),
    );
  });

  test('encodeDelivery writes the bytes of the generated encoder', () => {
    fc.assert(
      fc.property(envelope, uint53, (fields, deliveryId) => {
        const value = { type: EnvelopeType.UNIDENTIFIED_SENDER, ...fields };
        const expected = ServerFrame.encode({
          body: { $case: 'delivery', value: { deliveryId, envelope: value } },
        }).finish();
        expect(encodeDelivery(deliveryId, Envelope.encode(value).finish())).toEqual(Buffer.from(expected));
      }),
    );
  });

  test('encodeSendResponse writes the bytes of the generated encoder', () => {
    const list = fc.array(uint32, { maxLength: 4 });
    const result = fc.oneof(
      uint53.map((serverTimestamp) => ({ $case: 'accepted' as const, value: { serverTimestamp } })),
      fc
        .record({ missing: list, extra: list, stale: list })
        .map((value) => ({ $case: 'mismatchedDevices' as const, value })),
      fc
        .record({ code: fc.string(), message: fc.string(), retryAfterMs: uint32 })
        .map((value) => ({ $case: 'error' as const, value })),
    );
    fc.assert(
      fc.property(uint32, result, (requestId, value) => {
        const body = { $case: 'sendResponse' as const, value: { requestId, result: value } };
        const expected = ServerFrame.encode({ body }).finish();
        expect(Buffer.from(encodeSendResponse(requestId, value))).toEqual(Buffer.from(expected));
      }),
    );
  });
});
