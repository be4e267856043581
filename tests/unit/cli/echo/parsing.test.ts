import { describe, expect, it } from 'vitest';
import { parseCandidate } from '../../../../cli/echo/candidate.ts';
import { parseOfferedMedia } from '../../../../cli/echo/offered-media.ts';
import { PacketBudget } from '../../../../cli/echo/packet-budget.ts';
import { parseRelayUrl } from '../../../../cli/echo/relay-servers.ts';

describe('an offer', () => {
  it('is read for where Opus is, and what else there is', () => {
    const sdp = [
      'v=0',
      'a=group:BUNDLE 0 1',
      'm=audio 9 UDP/TLS/RTP/SAVPF 9 109',
      'a=mid:0',
      'a=rtpmap:9 G722/8000',
      'a=rtpmap:109 opus/48000/2',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=mid:picture',
      'a=rtpmap:96 VP8/90000',
    ];
    const expected = [
      { kind: 'audio', mid: '0', opus: 109 },
      { kind: 'other', mid: 'picture', opus: undefined },
    ];
    expect(parseOfferedMedia(sdp.join('\r\n'))).toEqual(expected);
    expect(parseOfferedMedia(sdp.join('\n'))).toEqual(expected);
    expect(parseOfferedMedia('v=0')).toEqual([]);
  });
});

describe('a candidate', () => {
  it('has an address and a port', () => {
    expect(parseCandidate('a=candidate:1 1 UDP 21149 192.0.2.2 58422 typ host')).toEqual({
      ...{ address: '192.0.2.2', family: 4, port: 58422 },
    });
    expect(parseCandidate('candidate:4 1 udp 1 fd00::2 9 typ host generation 0')).toMatchObject({ family: 6 });
  });

  it.each(['', 'candidate:1 1 UDP 1 0b2e.local 5 typ host', 'candidate:1 1 tcp 1 192.0.2.2 9 typ host'])(
    'that cannot be used is none: %s',
    (text) => expect(parseCandidate(text)).toBeUndefined(),
  );
});

describe('the address of a relay', () => {
  it.each([
    ['turn:relay.example:4000?transport=udp', { transport: 'udp', host: 'relay.example', port: 4000 }],
    ['turn:relay.example', { transport: 'udp', host: 'relay.example', port: 3478 }],
    ['turn:[2001:db8::1]:5?transport=tcp', { transport: 'tcp', host: '2001:db8::1', port: 5 }],
    ['turns:relay.example', { transport: 'tls', host: 'relay.example', port: 5349, serverName: 'relay.example' }],
  ])('%s', (url, expected) => expect(parseRelayUrl(url)).toEqual(expected));

  it('is nothing else', () => {
    for (const url of ['stun:relay.example', 'http://relay.example', 'turn:'])
      expect(parseRelayUrl(url)).toBeUndefined();
  });
});

it('as many packets go back as sound takes, and no more', () => {
  const budget = new PacketBudget();
  const taken = Array.from({ length: 130 }, (_, index) => budget.take(5000 + index));
  expect(taken.filter(Boolean)).toHaveLength(120);
  expect(taken[119]).toBe(true);
  expect(budget.take(6000)).toBe(true);
});
