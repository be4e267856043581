/** What the other side offers (SDP, RFC 8866; JSEP, RFC 9429). */

export interface OfferedMedia {
  readonly kind: 'audio' | 'other';
  readonly mid: string;
  /** Payload type of Opus (RFC 7587), where it is offered. */
  readonly opus: number | undefined;
}

export function parseOfferedMedia(sdp: string): OfferedMedia[] {
  const sections = sdp.split(/\r?\n(?=m=)/).slice(1);
  return sections.map((section) => {
    const opus = /^a=rtpmap:(\d+) opus\/48000\/2/im.exec(section)?.[1];
    return {
      kind: section.startsWith('m=audio ') ? 'audio' : 'other',
      mid: /^a=mid:(\S+)/m.exec(section)?.[1] ?? '',
      opus: opus === undefined ? undefined : Number(opus),
    };
  });
}
