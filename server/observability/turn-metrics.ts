import { Counter, Gauge, type Registry } from 'prom-client';

/** Of the TURN server, by the names of its counters. */
export type TurnNumbers = Readonly<Record<keyof typeof TOTALS | 'allocations', number>>;

const TOTALS = {
  allocationsTotal: ['vant_turn_allocations_total', 'Allocations since the start'],
  refusedTotal: ['vant_turn_refused_total', 'Authenticated requests that were refused'],
  unauthenticatedTotal: ['vant_turn_unauthenticated_total', 'Requests with a wrong or stale proof'],
  bindingsTotal: ['vant_turn_bindings_total', 'STUN Binding requests answered'],
  malformedTotal: ['vant_turn_malformed_total', 'Packets that were not STUN, or no request of TURN'],
  relayedPacketsTotal: ['vant_turn_relayed_packets_total', 'Packets relayed, both directions'],
  relayedBytesTotal: ['vant_turn_relayed_bytes_total', 'Bytes of data relayed, both directions'],
  internalPacketsTotal: [
    'vant_turn_internal_packets_total',
    'Of these, from allocation to allocation inside the process',
  ],
  droppedPacketsTotal: [
    'vant_turn_dropped_packets_total',
    'Data without permission or channel, or above the bandwidth',
  ],
} as const;

export function createTurnMetrics(registry: Registry, read: () => TurnNumbers): void {
  const registers = [registry];
  new Gauge({
    name: 'vant_turn_allocations',
    help: 'Allocations at this moment',
    registers,
    collect() {
      this.set(read().allocations);
    },
  });
  for (const [key, [name, help]] of Object.entries(TOTALS)) {
    new Counter({
      name,
      help,
      registers,
      // The TURN server counts; here it is only shown.
      collect() {
        this.reset();
        this.inc(read()[key as keyof typeof TOTALS]);
      },
    });
  }
}
