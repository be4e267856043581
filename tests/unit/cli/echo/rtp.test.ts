import { describe, expect, it } from 'vitest';
import { reflectPacket } from '../../../../cli/echo/rtp.ts';

const OPUS = 111;
const SSRC = 0x01020304;
/** V=2, marker, sequence number 7, timestamp 960, ssrc 0xaaaaaaaa. */
const header = (first = 0x80, second = 0x80 | OPUS) => [first, second, 0, 7, 0, 0, 3, 0xc0, 0xaa, 0xaa, 0xaa, 0xaa];
const sound = [1, 2, 3, 4, 5];
const reflect = (...bytes: number[]) => reflectPacket(Uint8Array.from(bytes), OPUS, SSRC);

describe('an Opus packet', () => {
  it('goes back as it came, as a stream of ours', () => {
    const expected = [...header().slice(0, 8), 1, 2, 3, 4, ...sound];
    expect(reflect(...header(), ...sound)).toEqual(Uint8Array.from(expected));
  });

  it('goes back without the header extensions, which are numbered for one way only', () => {
    const extension = [0xbe, 0xde, 0, 2, 0x10, 1, 0x22, 1, 2, 3, 0, 0];
    const source = [0, 0, 0, 1];
    const back = reflect(...header(0x91), ...source, ...extension, ...sound);
    expect(back).toEqual(Uint8Array.from([0x81, ...header().slice(1, 8), 1, 2, 3, 4, ...source, ...sound]));
  });

  it('of 1500 bytes goes back, a larger one does not', () => {
    const packet = (bytes: number) => reflect(...header(), ...new Array<number>(bytes - 12).fill(0));
    expect(packet(1500)).toHaveLength(1500);
    expect(packet(1501)).toBeUndefined();
  });
});

it.each([
  ['too short', header().slice(0, 11)],
  ['another version', [...header(0x40), ...sound]],
  ['RTCP', [...header(0x80, 200), ...sound]],
  ['another payload type', [...header(0x80, 0), ...sound]],
  ['an extension that is cut off', [...header(0x90), 0xbe]],
  ['an extension that claims more than there is', [...header(0x90), 0xbe, 0xde, 0xff, 0xff, ...sound]],
  ['sources that are not there', header(0x8f)],
])('what is no such packet does not go back: %s', (_, bytes) => {
  expect(reflect(...bytes)).toBeUndefined();
});
