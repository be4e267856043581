/** How a call is doing, from the browser's statistics (W3C WebRTC Statistics). */

export type CallQuality = 'good' | 'fair' | 'poor';

export interface CallStats {
  readonly quality: CallQuality;
  readonly roundTripMs: number | undefined;
  /** Of the packets that should have come since the last look, from 0 to 1. */
  readonly lossRatio: number;
  /** From 0 to 1. */
  readonly localLevel: number;
  readonly remoteLevel: number;
  /** Whether what this side sends goes through a relay. */
  readonly isRelayed: boolean;
}

/** Counters of the look before. */
interface Received {
  readonly packets: number;
  readonly lost: number;
}

/** ITU-T G.114 calls 150 ms one way good and 400 ms the end of what is bearable; Opus conceals a few per cent of loss. */
const FAIR = { roundTripMs: 300, lossRatio: 0.03 };
const POOR = { roundTripMs: 800, lossRatio: 0.1 };

/** The fields that are used, of all kinds of entries in a report. */
interface StatsEntry {
  readonly id: string;
  readonly type: string;
  readonly kind?: string;
  readonly audioLevel?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly currentRoundTripTime?: number;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly candidateType?: string;
  readonly relayProtocol?: string;
}

export class CallStatsReader {
  #before: Received = { packets: 0, lost: 0 };

  read(report: RTCStatsReport): CallStats {
    const entries = new Map<string, StatsEntry>();
    report.forEach((entry: StatsEntry) => entries.set(entry.id, entry));
    const all = [...entries.values()];
    const find = (type: string): StatsEntry | undefined =>
      all.find((entry) => entry.type === type && (entry.kind === undefined || entry.kind === 'audio'));
    const byId = (id: string | undefined): StatsEntry | undefined => (id === undefined ? undefined : entries.get(id));
    const inbound = find('inbound-rtp');
    const pair = byId(find('transport')?.selectedCandidatePairId);
    const roundTripMs = pair?.currentRoundTripTime === undefined ? undefined : pair.currentRoundTripTime * 1000;
    const lossRatio = this.#lossSince(inbound);
    return {
      quality: judge(roundTripMs ?? 0, lossRatio),
      roundTripMs,
      lossRatio,
      localLevel: levelOf(find('media-source')),
      remoteLevel: levelOf(inbound),
      isRelayed: isRelay(byId(pair?.localCandidateId)),
    };
  }

  #lossSince(inbound: StatsEntry | undefined): number {
    const now: Received = { packets: inbound?.packetsReceived ?? 0, lost: inbound?.packetsLost ?? 0 };
    const lost = Math.max(0, now.lost - this.#before.lost);
    const arrived = Math.max(0, now.packets - this.#before.packets);
    this.#before = now;
    return lost + arrived === 0 ? 0 : lost / (lost + arrived);
  }
}

/** Where the other side sees another address than that of the relay, the candidate is called "prflx", and yet has a relay. */
const isRelay = (local: StatsEntry | undefined): boolean =>
  local?.candidateType === 'relay' || local?.relayProtocol !== undefined;

const levelOf = (entry: StatsEntry | undefined): number => entry?.audioLevel ?? 0;

function judge(roundTripMs: number, lossRatio: number): CallQuality {
  if (roundTripMs > POOR.roundTripMs || lossRatio > POOR.lossRatio) return 'poor';
  return roundTripMs > FAIR.roundTripMs || lossRatio > FAIR.lossRatio ? 'fair' : 'good';
}
