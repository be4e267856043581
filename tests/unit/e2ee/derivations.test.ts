import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../e2ee/primitives/bytes.ts';
import { hkdf } from '../../../e2ee/primitives/hkdf.ts';
import { encodeUtf8 } from '../../../e2ee/primitives/utf8.ts';
import { advanceChain } from '../../../e2ee/ratchet/chain-key.ts';
import expected from '../../vectors/derivations.json' with { type: 'json' };
import { computeDerivations } from '../../support/e2ee/derivations.ts';

describe('derivations', () => {
  test('each has the value that it had when it was proven against libsignal', async () => {
    expect(await computeDerivations()).toEqual(expected);
  });

  test('libsignal’s own vector of a chain', () => {
    const chain = { key: fromHex('8ab72d6f4cc5ac0d387eaf463378ddb28edd07385b1cb01250c715982e7ad48f')!, index: 0 };
    const { key: seed, next } = advanceChain(chain);
    // The vector is of a session without SPQR: no salt.
    const keys = toHex(hkdf(seed, null, encodeUtf8('WhisperMessageKeys'), 80));
    expect(keys.slice(0, 64)).toBe('bf51e9d75e0e31031051f82a2491ffc084fa298b7793bd9db620056febf45217');
    expect(keys.slice(64, 128)).toBe('c6c77d6a73a354337a56435e34607dfe48e3ace14e77314dc6abc172e7a7030b');
    expect(toHex(next.key)).toBe('28e8f8fee54b801eef7c5cfb2f17f32c7b334485bbb70fac6ec10342a246d15d');
    expect(next.index).toBe(1);
  });
});
