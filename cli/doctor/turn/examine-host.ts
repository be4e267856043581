/** Settings of the system that make relayed calls bad before anybody notices why. */
import { readFile } from 'node:fs/promises';
import type { Config } from '../../../config/schema.ts';
import { formatPortRange } from '../../../config/values/port-range.ts';
import { bad, ok, type Finding } from '../finding.ts';

/** A hundred calls for a quarter of a second. */
const ENOUGH_BUFFER_BYTES = 1024 * 1024;

export async function examineHost(config: Config): Promise<Finding[]> {
  const [bufferBytes, ephemeral] = await Promise.all([
    readNumbers('/proc/sys/net/core/rmem_max'),
    readNumbers('/proc/sys/net/ipv4/ip_local_port_range'),
  ]);
  return [
    ...(bufferBytes[0] === undefined ? [] : [judgeBuffer(bufferBytes[0])]),
    ...judgePorts(config.turn.embedded.relay_ports, ephemeral),
  ];
}

function judgeBuffer(bytes: number): Finding {
  const seen = `UDP sockets may buffer ${Math.round(bytes / 1024)} KiB (net.core.rmem_max)`;
  if (bytes >= ENOUGH_BUFFER_BYTES) return ok('turn.system', `${seen}.`);
  return bad(
    'warning',
    'turn.system',
    `${seen}: with many calls at once packets are lost while the machine is busy.`,
    `Run: sysctl -w net.core.rmem_max=4194304 (and put it into /etc/sysctl.d/vant.conf).`,
  );
}

function judgePorts(range: { readonly min: number; readonly max: number }, [low, high]: readonly number[]): Finding[] {
  if (low === undefined || high === undefined) return [];
  if (range.max < low || range.min > high) {
    return [
      ok('turn.ports', `Relay ports ${formatPortRange(range)}: open UDP ${formatPortRange(range)} in the firewall.`),
    ];
  }
  return [
    bad(
      'warning',
      'turn.ports',
      `Relay ports ${formatPortRange(range)} overlap with ${low}-${high}, which this system gives to outgoing connections.`,
      'Choose ports outside of it, such as 20000-20999.',
      'turn.embedded.relay_ports',
    ),
  ];
}

/** Empty where the system is no Linux. */
async function readNumbers(path: string): Promise<number[]> {
  try {
    return (await readFile(path, 'utf8')).trim().split(/\s+/).map(Number);
  } catch {
    return [];
  }
}
