import { TurnError } from '../../turn/client/turn-client.ts';
import { failure, type Finding } from '../check.ts';
import type { ProbeError } from './probe-relay.ts';

interface Place {
  /** Such as `203.0.113.7:3478`. */
  readonly where: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly port: number;
  readonly isEmbedded: boolean;
}

/** What a failure means for the admin. */
export function explainProbeError(error: ProbeError, place: Place): Finding {
  const { cause } = error;
  if (cause instanceof TurnError) return explainRefusal(cause, place);
  if (error.step === 'echo') {
    return say(place, 'gives relayed addresses, but data between two of them does not come back', [
      'A firewall on the machine of the relay drops its own traffic: let its relay ports reach each other.',
    ]);
  }
  if (isCertificateError(cause.code)) {
    return say(place, `has a certificate that browsers will refuse: ${cause.message}`, [
      'Use a certificate of a public authority for the name that devices use, with its chain.',
      'turn.embedded.tls_cert_file',
    ]);
  }
  return say(place, `does not answer (${cause.message})`, [adviseOpening(place)]);
}

type Advice = readonly [remedy: string, option?: string];

function say({ where, isEmbedded }: Place, what: string, [remedy, option]: Advice): Finding {
  const named = isEmbedded && option !== undefined ? `${remedy} (${option})` : remedy;
  return failure(`${where} ${what}`, named);
}

const CERTIFICATE_ERRORS = /CERT|SIGNATURE|ALTNAME|ISSUER|SELF_SIGNED|UNABLE_TO_VERIFY/;
const isCertificateError = (code: string | number | undefined): boolean => CERTIFICATE_ERRORS.test(String(code));

function adviseOpening({ transport, port }: Place): string {
  const protocol = transport === 'udp' ? 'UDP' : 'TCP';
  return (
    `Is the server running? Open ${protocol} ${port} in the firewall, and forward it if a router stands in front. ` +
    'Some routers do not lead back to their own public address: then run this from another network, with --url, --username and --password.'
  );
}

const REFUSALS: Readonly<Record<number, Advice>> = {
  401: [
    'The server has another secret, or its clock is wrong. Run this with the configuration and the data directory of the server that runs, and check the time.',
    'storage.data_dir',
  ],
  403: [
    'The relay may not reach itself: its address must be one that it knows as its own.',
    'turn.embedded.external_addresses',
  ],
  440: ['It has no address of this family to give to peers.', 'turn.embedded.external_addresses'],
  486: [
    'Too many allocations come from this address. Raise the limit, or look who makes them.',
    'turn.embedded.max_allocations_per_address',
  ],
  508: [
    'It has no port left for relaying: all are in use, or other programs have them, or no address was found for them.',
    'turn.embedded.relay_ports',
  ],
};

function explainRefusal(error: TurnError, place: Place): Finding {
  const advice = REFUSALS[error.code] ?? ['The log of the server tells more, with log.level: debug.'];
  return say(place, `refuses: ${error.message}`, advice);
}
