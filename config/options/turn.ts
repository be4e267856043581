import { group, option } from '../option.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { turnEmbedded } from './turn-embedded.ts';
import { turnExternal } from './turn-external.ts';

export const turn = group(
  'Voice calls go from device to device. Where networks do not let them, a TURN server relays the encrypted audio.',
  {
    mode: option(choice(['embedded', 'external', 'off']), {
      default: 'embedded',
      description:
        'embedded: Vant is a TURN server itself; nothing to set up but the firewall (see turn.embedded). external: members are sent to a TURN server that you run, such as coturn. off: no relay; calls between some networks do not come about.',
      reload: 'restart',
      since: '0.1.0',
    }),
    credential_ttl: option(duration({ min: '10m', max: '48h' }), {
      default: '12h',
      description:
        'How long a device may use the TURN credentials that it was given. Calls that have begun go on afterwards. A device that was removed loses them at once with mode embedded, and only after this time with mode external.',
      reload: 'restart',
      since: '0.1.0',
    }),
    embedded: turnEmbedded,
    external: turnExternal,
  },
);
