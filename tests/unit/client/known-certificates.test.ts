import * as signal from '@signalapp/libsignal-client';
import { describe, expect, it, vi } from 'vitest';
import { KnownCertificates } from '../../../client/messaging/known-certificates.ts';

const EXPIRES_AT = 1_000_000;

function setUp() {
  const [root, server, sender] = [0, 1, 2].map(() => signal.PrivateKey.generate()) as [
    signal.PrivateKey,
    signal.PrivateKey,
    signal.PrivateKey,
  ];
  const serverCertificate = signal.ServerCertificate.new(1, server.getPublicKey(), root);
  const make = (deviceId: number, signer = server): signal.SenderCertificate =>
    signal.SenderCertificate.new(
      '9d0652a3-dcc3-4d11-975f-74d61598733f',
      null,
      deviceId,
      sender.getPublicKey(),
      EXPIRES_AT,
      serverCertificate,
      signer,
    );
  return { root, make, known: new KnownCertificates(root.getPublicKey()) };
}

/** As another message brings it: the same bytes in another object. */
const again = (certificate: signal.SenderCertificate): signal.SenderCertificate =>
  signal.SenderCertificate.deserialize(certificate.serialize());

describe('certificates that were seen before', () => {
  it('are not validated a second time, and still expire', () => {
    const { known, make } = setUp();
    const certificate = make(1);
    expect(known.isValid(certificate, EXPIRES_AT - 1)).toBe(true);
    const validate = vi.spyOn(signal.SenderCertificate.prototype, 'validate');
    expect(known.isValid(again(certificate), EXPIRES_AT)).toBe(true);
    expect(known.isValid(again(certificate), EXPIRES_AT + 1)).toBe(false);
    expect(validate).not.toHaveBeenCalled();
    validate.mockRestore();
  });

  it('do not vouch for others, nor does a refused one become known', () => {
    const { known, make } = setUp();
    expect(known.isValid(make(1), 1)).toBe(true);
    const forged = make(2, signal.PrivateKey.generate());
    expect([known.isValid(forged, 1), known.isValid(again(forged), 1)]).toEqual([false, false]);
    const expired = make(3);
    expect([known.isValid(expired, EXPIRES_AT + 1), known.isValid(again(expired), EXPIRES_AT)]).toEqual([false, true]);
  });

  it('are only those under this trust root', () => {
    const { make } = setUp();
    const stranger = new KnownCertificates(signal.PrivateKey.generate().getPublicKey());
    expect(stranger.isValid(make(1), 1)).toBe(false);
  });
});
