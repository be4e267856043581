/** Settings of the system that make relayed calls bad before anybody notices why. */
import { readFile } from 'node:fs/promises';
import { formatPortRange, type PortRange } from '../../../config/values/port-range.ts';
import { ok, warning, type Finding } from '../check.ts';

/** A hundred calls for a quarter of a second. */
const ENOUGH_BUFFER_BYTES = 1024 * 1024;

export async function checkBuffers(): Promise<Finding> {
  const [bytes] = await readNumbers('/proc/sys/net/core/rmem_max');
  if (bytes === undefined) return ok('unknown on this system');
  const seen = `UDP sockets may buffer ${Math.round(bytes / 1024)} KiB (net.core.rmem_max)`;
  if (bytes >= ENOUGH_BUFFER_BYTES) return ok(seen);
  return warning(
    `${seen}: with many calls at once packets are lost while the machine is busy`,
    'Run: sysctl -w net.core.rmem_max=4194304 (and put it into /etc/sysctl.d/vant.conf).',
  );
}

export async function checkPorts(range: PortRange): Promise<Finding> {
  const [low, high] = await readNumbers('/proc/sys/net/ipv4/ip_local_port_range');
  const ports = formatPortRange(range);
  if (low === undefined || high === undefined || range.max < low || range.min > high) {
    return ok(`UDP ${ports}; open them in the firewall`);
  }
  return warning(
    `${ports} overlap with ${low}-${high}, which this system gives to outgoing connections`,
    'Choose ports outside of it, such as 20000-20999.',
  );
}

/** Empty where the system is no Linux. */
async function readNumbers(path: string): Promise<number[]> {
  try {
    return (await readFile(path, 'utf8')).trim().split(/\s+/).map(Number);
  } catch {
    return [];
  }
}
