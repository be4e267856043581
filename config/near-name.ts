import { distance } from 'fastest-levenshtein';

/** The known name that a typo most likely meant, or undefined when none is near enough to be helpful. */
export function findNearName(wrong: string, known: readonly string[]): string | undefined {
  const simplified = simplify(wrong);
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const far = distance(simplified, simplify(name));
    if (best === undefined || far < best.distance) best = { name, distance: far };
  }
  if (best === undefined) return undefined;
  return best.distance <= allowedDistance(best.name) ? best.name : undefined;
}

/** `messageTTL`, `message-ttl` and `MESSAGE_TTL` all mean `message_ttl`. */
function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** About one wrong letter in three: `lsiten` is near `listen`, `url` is not near `tls`. */
function allowedDistance(name: string): number {
  return Math.max(1, Math.floor(simplify(name).length / 3));
}
