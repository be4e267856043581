// Published vectors for every primitive: RFC 7748, RFC 5869, RFC 4231, RFC 8452, NIST SP 800-38A, and libsignal's own.
import { describe, expect, test } from 'vitest';
import { hkdf as officialHkdf, Aes256GcmSiv } from '../../../e2ee/index.ts';
import {
  applyAesCtr,
  decryptAesCbc,
  encryptAesCbc,
  openAesGcmSiv,
  sealAesGcmSiv,
} from '../../../e2ee/primitives/aes.ts';
import { type Bytes, concatBytes, equalBytes, fromHex, toHex, u32be, u64be } from '../../../e2ee/primitives/bytes.ts';
import { hkdf, hmacSha256 } from '../../../e2ee/primitives/hkdf.ts';
import { decapsulateKyber, encapsulateKyber, generateKyberKeyPair } from '../../../e2ee/primitives/kyber1024.ts';
import { decodeUtf8, encodeUtf8 } from '../../../e2ee/primitives/utf8.ts';
import {
  agree,
  agreeSync,
  clampScalar,
  derivePublicKey,
  derivePublicKeySync,
  isCanonicalPoint,
} from '../../../e2ee/primitives/x25519.ts';
import { signXeddsa, verifyXeddsa, verifyXeddsaAsync } from '../../../e2ee/primitives/xeddsa.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';

const b = (hex: string): Bytes => {
  const bytes = fromHex(hex.replaceAll(/\s/g, ''));
  if (bytes === null) throw new Error('not hexadecimal');
  return bytes;
};
const random = new SeededRandom(7);

describe('X25519', () => {
  // RFC 7748 section 5.2
  const vectors = [
    [
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
    // libsignal's agreement vector
    [
      'c806439dc9d2c476ffed8f2580c0888d58ab406bf7ae3698879021b96bb4bf59',
      '653614993d2b15ee9e5fd3d86ce719ef4ec1daae1886a87b3f5fa9565a27a22f',
      '325f239328941ced6e673b86ba41017448e99b649a9c3806c1dd7ca4c477e629',
    ],
  ] as const;

  test.each(vectors)('%s', async (scalar, u, expected) => {
    expect(toHex(agreeSync(clampScalar(b(scalar)), b(u))!)).toBe(expected);
    expect(toHex((await agree(clampScalar(b(scalar)), b(u)))!)).toBe(expected);
  });

  test('a thousand iterations (RFC 7748, section 5.2)', async () => {
    let [k, u] = [b('09' + '00'.repeat(31)), b('09' + '00'.repeat(31))];
    for (let i = 0; i < 1000; i++) [k, u] = [(await agree(clampScalar(k), u))!, k];
    expect(toHex(k)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });

  test('public keys, by either way', async () => {
    const scalar = b('77076d0a7318a57d3c16c17251b26645c6d0da1c7c5e2b2e5e0f1b6f1f4f2b1a');
    for (let i = 0; i < 8; i++) {
      const key = clampScalar(i === 0 ? scalar : random.bytes(32));
      expect(await derivePublicKey(key)).toEqual(derivePublicKeySync(key));
    }
  });

  // The points of small order, and their encodings that are not canonical.
  const smallOrder = [
    '00'.repeat(32),
    '01' + '00'.repeat(31),
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ec' + 'ff'.repeat(30) + '7f',
    'ed' + 'ff'.repeat(30) + '7f',
    'ee' + 'ff'.repeat(30) + '7f',
  ];
  test.each(smallOrder)('refuses the point of small order %s', async (u) => {
    const key = clampScalar(random.bytes(32));
    expect(agreeSync(key, b(u))).toBeNull();
    expect(await agree(key, b(u))).toBeNull();
    expect(isCanonicalPoint(b(u))).toBe(false);
  });

  test('a canonical point is one without high bit, below p, without torsion', () => {
    const honest = derivePublicKeySync(clampScalar(random.bytes(32)));
    expect(isCanonicalPoint(honest)).toBe(true);
    const high = honest.with(31, honest[31]! | 0x80);
    expect(isCanonicalPoint(new Uint8Array(high))).toBe(false);
    expect(isCanonicalPoint(new Uint8Array(32).fill(0xff))).toBe(false);
    // About half of all u are on the twist, and seven of eight others have torsion.
    const canonical = Array.from({ length: 40 }, () => isCanonicalPoint(b('02' + toHex(random.bytes(30)) + '11')));
    expect(canonical.filter(Boolean).length).toBeLessThan(15);
  });
});

describe('XEdDSA', () => {
  // libsignal's vector, made by its Java implementation
  const privateKey = b('c097248412e58bf05df487968205132794178e367637f5818f81e0e6ce73e865');
  const publicKey = b('ab7e717d4a163b7d9a1d8071dfe9dcf8cdcd1cea3339b6356be84d887e322c64');
  const message = b('05edce9d9c415ca78cb7252e72c2c4a554d3eb29485a0e1d503118d1a82d99fb4a');
  const signature = b(
    '5de88ca9a89b4a115da79109c67c9c7464a3e4180274f1cb8c63c2984e286dfb' +
      'ede82deb9dcd9fae0bfbb821569b3d9001bd8130cd11d486cef047bd60b86e88',
  );

  test('the published signature', async () => {
    expect(derivePublicKeySync(clampScalar(privateKey))).toEqual(publicKey);
    expect(verifyXeddsa(publicKey, message, signature)).toBe(true);
    expect(await verifyXeddsaAsync(publicKey, message, signature)).toBe(true);
  });

  test('no bit of it can be changed', async () => {
    for (let i = 0; i < 64; i += 5) {
      const damaged = signature.with(i, signature[i]! ^ 1);
      expect(verifyXeddsa(publicKey, message, damaged)).toBe(false);
      expect(await verifyXeddsaAsync(publicKey, message, new Uint8Array(damaged))).toBe(false);
    }
    expect(verifyXeddsa(publicKey, message, signature.subarray(1))).toBe(false);
    expect(verifyXeddsa(publicKey, message.subarray(1), signature)).toBe(false);
  });

  test('the same randomness gives the same signature; of both signs of A', async () => {
    const signs = new Set<number>();
    for (let i = 0; i < 12; i++) {
      const key = clampScalar(random.bytes(32));
      const nonce = random.bytes(64);
      const made = signXeddsa(key, message, nonce);
      expect(signXeddsa(key, message, nonce)).toEqual(made);
      expect(verifyXeddsa(derivePublicKeySync(key), message, made)).toBe(true);
      expect(await verifyXeddsaAsync(derivePublicKeySync(key), message, made)).toBe(true);
      signs.add(made[63]! & 0x80);
    }
    expect(signs).toEqual(new Set([0, 0x80]));
  });

  test('s plus the group order is accepted by both ways alike, as libsignal does', async () => {
    const key = clampScalar(new Uint8Array(32).fill(5));
    const made = signXeddsa(key, message, new Uint8Array(64));
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    let s = order;
    for (let i = 0; i < 32; i++) s += BigInt(i === 31 ? made[63]! & 0x7f : made[32 + i]!) << BigInt(8 * i);
    const shifted = new Uint8Array(made);
    for (let i = 0; i < 32; i++) shifted[32 + i] = Number((s >> BigInt(8 * i)) & 0xffn);
    shifted[63] = shifted[63]! | (made[63]! & 0x80);
    expect(verifyXeddsa(derivePublicKeySync(key), message, shifted)).toBe(true);
    expect(await verifyXeddsaAsync(derivePublicKeySync(key), message, shifted)).toBe(true);
  });

  test('a key that is no point verifies nothing', async () => {
    const noPoint = b('ec' + 'ff'.repeat(30) + '7f');
    expect(verifyXeddsa(noPoint, message, signature)).toBe(false);
    expect(await verifyXeddsaAsync(noPoint, message, signature)).toBe(false);
  });
});

describe('HMAC and HKDF', () => {
  test('RFC 4231, cases 1, 2 and 6', () => {
    expect(toHex(hmacSha256(b('0b'.repeat(20)), encodeUtf8('Hi There')))).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    expect(toHex(hmacSha256(encodeUtf8('Jefe'), encodeUtf8('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    const long = 'Test Using Larger Than Block-Size Key - Hash Key First';
    expect(toHex(hmacSha256(b('aa'.repeat(131)), encodeUtf8(long)))).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
  });

  // RFC 5869, appendix A
  const ikm = b('0b'.repeat(22));
  test('RFC 5869, cases 1 to 3', () => {
    const okm1 = hkdf(ikm, b('000102030405060708090a0b0c'), b('f0f1f2f3f4f5f6f7f8f9'), 42);
    expect(toHex(okm1)).toBe('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
    const range = (from: number): Bytes => Uint8Array.from({ length: 80 }, (_, i) => from + i);
    expect(toHex(hkdf(range(0), range(0x60), range(0xb0), 82))).toBe(
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c' +
        '59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    );
    expect(toHex(hkdf(ikm, null, b(''), 42))).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    );
  });

  test('under its public name', () => {
    expect(officialHkdf(42, ikm, b(''), null)).toEqual(hkdf(ikm, null, b(''), 42));
    expect(() => hkdf(ikm, null, b(''), 255 * 32 + 1)).toThrow(RangeError);
  });
});

describe('AES-256', () => {
  const key = b('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
  const plaintext = b('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51');

  test('CBC, NIST SP 800-38A F.2.5, with a block of padding', () => {
    const iv = b('000102030405060708090a0b0c0d0e0f');
    const sealed = encryptAesCbc(key, iv, plaintext);
    expect(toHex(sealed.subarray(0, 32))).toBe('f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d');
    expect(sealed.length).toBe(48);
    expect(decryptAesCbc(key, iv, sealed)).toEqual(plaintext);
    expect(decryptAesCbc(key, iv, sealed.slice(0, 32))).toBeNull();
    expect(decryptAesCbc(key, iv, sealed.slice(0, 31))).toBeNull();
    expect(decryptAesCbc(key, iv, b(''))).toBeNull();
  });

  test('CTR from a zero counter is its own inverse', () => {
    const sealed = applyAesCtr(key, plaintext);
    expect(toHex(applyAesCtr(key, new Uint8Array(16)))).toBe('e568f68194cf76d6174d4cc04310a854');
    expect(applyAesCtr(key, sealed)).toEqual(plaintext);
  });

  test('GCM-SIV, RFC 8452 appendix C.2', () => {
    const sivKey = b('01' + '00'.repeat(31));
    const nonce = b('03' + '00'.repeat(11));
    expect(toHex(sealAesGcmSiv(sivKey, nonce, b(''), b('')))).toBe('07f5f4169bbf55a8400cd47ea6fd400f');
    expect(toHex(sealAesGcmSiv(sivKey, nonce, b('0100000000000000'), b('')))).toBe(
      'c2ef328e5c71c83b843122130f7364b761e0b97427e3df28',
    );
    const sealed = sealAesGcmSiv(sivKey, nonce, b('0200000000000000'), b('01'));
    expect(toHex(sealed)).toBe('1de22967237a813291213f267e3b452f02d01ae33e4ec854');
    expect(openAesGcmSiv(sivKey, nonce, sealed, b('01'))).toEqual(b('0200000000000000'));
    expect(openAesGcmSiv(sivKey, nonce, sealed, b('02'))).toBeNull();
    expect(openAesGcmSiv(sivKey, nonce, sealed.slice(0, 15), b('01'))).toBeNull();
  });

  test('GCM-SIV under its public name', () => {
    expect(() => Aes256GcmSiv.new(b('00'))).toThrow('key size');
    const cipher = Aes256GcmSiv.new(key);
    const nonce = new Uint8Array(12);
    const sealed = cipher.encrypt(plaintext, nonce, b('01'));
    expect(cipher.decrypt(sealed, nonce, b('01'))).toEqual(plaintext);
    expect(() => cipher.decrypt(sealed, nonce, b('02'))).toThrow('tag');
    expect(() => cipher.encrypt(plaintext, b('00'), b(''))).toThrow('nonce');
  });
});

describe('Kyber-1024', () => {
  const { publicKey, secretKey } = generateKyberKeyPair(random.bytes(64));

  test('both sides get one secret', () => {
    const made = encapsulateKyber(publicKey, random.bytes(32))!;
    expect(decapsulateKyber(secretKey, made.ciphertext)).toEqual(made.sharedSecret);
  });

  test('a damaged ciphertext gives another secret, always the same (implicit rejection)', () => {
    const made = encapsulateKyber(publicKey, random.bytes(32))!;
    const damaged = new Uint8Array(made.ciphertext.with(100, made.ciphertext[100]! ^ 1));
    const secret = decapsulateKyber(secretKey, damaged);
    expect(secret).not.toEqual(made.sharedSecret);
    expect(decapsulateKyber(secretKey, damaged)).toEqual(secret);
  });

  test('a key with coefficients that are not reduced is refused', () => {
    expect(encapsulateKyber(new Uint8Array(1568).fill(0xff), random.bytes(32))).toBeNull();
    expect(decapsulateKyber(new Uint8Array(3168).fill(0xff), new Uint8Array(1568))).toBeNull();
  });
});

describe('bytes', () => {
  test('helpers', () => {
    expect(toHex(u32be(0x01020304))).toBe('01020304');
    expect(toHex(u64be(2 ** 40 + 5))).toBe('0000010000000005');
    expect(fromHex('0')).toBeNull();
    expect(fromHex('zz')).toBeNull();
    expect(equalBytes(b('00'), b('0000'))).toBe(false);
    expect(toHex(concatBytes(b('01'), b(''), b('02')))).toBe('0102');
  });

  test('UTF-8, strictly', () => {
    const text = 'aé€😀\u0000';
    expect(toHex(encodeUtf8(text))).toBe('61c3a9e282acf09f988000');
    expect(decodeUtf8(encodeUtf8(text))).toBe(text);
    expect(toHex(encodeUtf8('\ud800'))).toBe('efbfbd');
    for (const bad of ['ff', 'c0af', 'e0809f', 'eda080', 'f4908080', 'c3', 'e282', '80']) {
      expect(decodeUtf8(b(bad))).toBeNull();
    }
  });
});
