import { derived, group, option, optional, secret } from '../option.ts';
import { cidr } from '../values/cidr.ts';
import { duration } from '../values/duration.ts';
import { flag } from '../values/flag.ts';
import { list } from '../values/list.ts';
import { origin } from '../values/origin.ts';
import { path } from '../values/path.ts';
import { rate } from '../values/rate.ts';
import { text } from '../values/text.ts';

const ABOUT_RATE =
  'The most wakes that leave over this provider, for all devices together. What exceeds it waits, and is not lost. Lower it when the provider complains.';

/** Push services refuse a contact that is no mail address and no web page. */
const CONTACT = /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/;

const webPush = group('Web Push, for browsers. It needs no setting: its keys are made at the first start.', {
  enabled: option(flag(), {
    default: 'true',
    description: 'Wake web apps. false refuses their registrations.',
    reload: 'restart',
    since: '0.1.0',
  }),
  contact: derived(text({ pattern: CONTACT, expected: 'mailto:ADDRESS or an https URL' }), {
    derived: {
      text: 'server.public_url when it is https, else https://localhost',
      compute: (lookup) => {
        const url = String(lookup('server.public_url'));
        return url.startsWith('https:') ? url : 'https://localhost';
      },
    },
    description:
      'How the operators of push services reach you when your server misbehaves (RFC 8292). Everyone who runs a push service for your members sees it. Apple refuses one that leads nowhere.',
    example: 'mailto:admin@example.org',
    reload: 'restart',
    since: '0.1.0',
  }),
  rate: option(rate(), { default: '200/1s', description: ABOUT_RATE, reload: 'live', since: '0.1.0' }),
});

const unifiedPush = group('UnifiedPush, for Android without Google: the same protocol, to any push server.', {
  enabled: option(flag(), {
    default: 'true',
    description:
      'Wake devices through the push server of their own choice, such as ntfy. false refuses their registrations.',
    reload: 'restart',
    since: '0.1.0',
  }),
  rate: option(rate(), { default: '200/1s', description: ABOUT_RATE, reload: 'live', since: '0.1.0' }),
});

const apns = group("Apple's push service, for an own build of a native app. On as soon as key_id is set.", {
  key: secret({
    description:
      'The key (.p8) from the Apple developer account, under Keys, with the Apple Push Notifications service enabled.',
    example: '/etc/vant/apns.p8',
    reload: 'restart',
    since: '0.1.0',
  }),
  key_id: optional(text({ pattern: /^[A-Z0-9]{10}$/, expected: 'ten capital letters and digits' }), {
    description: 'The id of that key, as Apple shows it beside the key.',
    example: 'ABC123DEFG',
    reload: 'restart',
    since: '0.1.0',
  }),
  team_id: optional(text({ pattern: /^[A-Z0-9]{10}$/, expected: 'ten capital letters and digits' }), {
    description: 'The id of your team at Apple, under Membership.',
    example: 'DEF123GHIJ',
    reload: 'restart',
    since: '0.1.0',
  }),
  topics: option(list(text({ pattern: /^[A-Za-z0-9.-]{1,128}$/, expected: 'a bundle id' }), 'list of bundle ids'), {
    default: '[]',
    description: 'Bundle ids of the apps that may be woken. Registrations of others are refused.',
    example: '[org.example.chat]',
    reload: 'restart',
    since: '0.1.0',
  }),
  endpoint: option(origin(), {
    default: 'https://api.push.apple.com',
    description:
      'Where production builds are woken. Port 2197 instead of 443 gets through firewalls that let only that out.',
    example: 'https://api.push.apple.com:2197',
    reload: 'restart',
    since: '0.1.0',
  }),
  sandbox_endpoint: option(origin(), {
    default: 'https://api.sandbox.push.apple.com',
    description: 'Where development builds are woken: their registrations say that they are such.',
    reload: 'restart',
    since: '0.1.0',
  }),
  rate: option(rate(), { default: '500/1s', description: ABOUT_RATE, reload: 'live', since: '0.1.0' }),
});

const fcm = group("Google's push service, for an own build of a native app. On as soon as service_account is set.", {
  service_account: secret({
    description:
      'The key file (JSON) of a service account, from the Firebase console: Project settings, Service accounts.',
    example: '/etc/vant/firebase.json',
    reload: 'restart',
    since: '0.1.0',
  }),
  endpoint: option(origin(), {
    default: 'https://fcm.googleapis.com',
    description: 'Where wakes go. Change it only when a proxy stands in between.',
    reload: 'restart',
    since: '0.1.0',
  }),
  rate: option(rate(), { default: '500/1s', description: ABOUT_RATE, reload: 'live', since: '0.1.0' }),
});

export const push = group(
  'Wakes devices that have no connection while envelopes wait for them. No push carries content, sender or conversation: a wake is always the same few bytes.',
  {
    acknowledge_within: option(duration({ min: '1s', max: '5m' }), {
      default: '10s',
      description:
        'How long a device that was connected a moment ago has to acknowledge, before it is woken. Shorter wakes devices that were about to come back; longer makes messages late on phones that fell asleep.',
      reload: 'live',
      since: '0.1.0',
    }),
    quiet_interval: option(duration({ min: '1m', max: '24h' }), {
      default: '20m',
      description:
        'A device is woken for what is not urgent (receipts) at most once in this time. Apple slows down apps that are woken more than two or three times an hour. Browsers are never woken for it: they would have to show a notification.',
      reload: 'live',
      since: '0.1.0',
    }),
    allow_private: option(list(cidr(), 'list of addresses or networks'), {
      default: '[]',
      description:
        'Addresses in private networks to which Web Push and UnifiedPush endpoints may lead, such as an ntfy in your own network. Without it they are refused, because a member could otherwise make this server send requests to whatever stands beside it.',
      example: '[192.168.1.20]',
      reload: 'restart',
      since: '0.1.0',
    }),
    ca_file: optional(path({ mustBe: 'readable-file' }), {
      description:
        'Certificates (PEM) of an authority that is trusted besides the public ones: for a push server in a private network, or a proxy that looks into TLS.',
      example: '/etc/vant/push-ca.pem',
      reload: 'restart',
      since: '0.1.0',
    }),
    web_push: webPush,
    unified_push: unifiedPush,
    apns,
    fcm,
  },
);
