import { group, option } from '../option.ts';
import { integer } from '../values/integer.ts';
import { rate } from '../values/rate.ts';

export const limits = group(
  'How much one account, device or address may do. A rate is COUNT/DURATION: a bucket of COUNT that refills evenly over DURATION; off is no limit.',
  {
    max_accounts: option(integer({ min: 1, max: 100_000 }), {
      default: '1000',
      description: 'The most members of the team. When it is reached, invites are refused; nobody is removed.',
      reload: 'live',
      since: '0.1.0',
    }),
    // 127 is the largest device id that libsignal allows.
    max_devices_per_account: option(integer({ min: 1, max: 127 }), {
      default: '8',
      description:
        'The most devices of one member. Every message is encrypted for each device of its recipients, so more devices make sending dearer for all. Devices that are there already stay.',
      reload: 'restart',
      since: '0.1.0',
    }),
    send_per_device: option(rate(), {
      default: '600/10s',
      description:
        'Envelopes that one device may send. A message to a group counts once per device that gets it: too low, and messages to large groups are refused for a while.',
      reload: 'live',
      since: '0.1.0',
    }),
    send_per_account: option(rate(), {
      default: '1200/10s',
      description: 'Envelopes that all devices of one member may send together.',
      reload: 'live',
      since: '0.1.0',
    }),
    requests_per_device: option(rate(), {
      default: '300/10s',
      description: 'HTTP requests of one device. Clients wait when they are told to; too low makes them slow.',
      reload: 'live',
      since: '0.1.0',
    }),
    requests_per_address: option(rate(), {
      default: '600/10s',
      description:
        'HTTP requests without credentials from one client address. It slows those who try out tokens. Behind a proxy this needs server.trusted_proxies.',
      reload: 'live',
      since: '0.1.0',
    }),
    connects_per_address: option(rate(), {
      default: '300/10s',
      description:
        'New WebSocket connections from one client address. After a restart everyone in an office connects at once: too low, and that takes long.',
      reload: 'live',
      since: '0.1.0',
    }),
    registrations_per_address: option(rate(), {
      default: '30/1h',
      description:
        'Joins from one client address, successful or not. Raise it for the day on which a whole office joins.',
      reload: 'live',
      since: '0.1.0',
    }),
    attachments_per_account: option(rate(), {
      default: '200/1h',
      description: 'Files that all devices of one member may upload together. Their size is limited under attachments.',
      reload: 'live',
      since: '0.1.0',
    }),
    records_per_account: option(rate(), {
      default: '60/10m',
      description:
        'How often the devices of one member may ask what the server knows about the member: it reads everything anew, waiting messages too.',
      reload: 'live',
      since: '0.1.0',
    }),
    echo_calls_per_account: option(rate(), {
      default: '20/1h',
      description: 'Test calls that the devices of one member may begin (calls.echo). Each starts a process.',
      reload: 'live',
      since: '0.1.0',
    }),
    bundles_per_device: option(rate(), {
      default: '300/10m',
      description:
        'Prekey bundles that one device may fetch: one for each device that it writes to for the first time. It keeps one member from using up the one-time prekeys of the others.',
      reload: 'live',
      since: '0.1.0',
    }),
    push_changes_per_device: option(rate(), {
      default: '30/10m',
      description:
        'Registrations of a push address and test wakes of one device. Each can make the server send a request to an address of the device: too high, and a member could use it to bother others.',
      reload: 'live',
      since: '0.1.0',
    }),
  },
);
