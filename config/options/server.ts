import { derived, group, option } from '../option.ts';
import { cidr } from '../values/cidr.ts';
import { duration } from '../values/duration.ts';
import { listenAddress, type HostPort } from '../values/host-port.ts';
import { list } from '../values/list.ts';
import { origin } from '../values/origin.ts';

export const server = group('How clients reach the server.', {
  listen: option(listenAddress(), {
    default: '127.0.0.1:8420',
    description:
      'Address and port of the web server, HTTP and WebSocket alike. The default serves this machine only: a reverse proxy on the same machine adds TLS. To serve others directly, use 0.0.0.0:443 or [::]:443 and choose a tls.mode. Port 0 takes any free port. If the port is taken, the server does not start.',
    example: '0.0.0.0:8420',
    reload: 'restart',
    since: '0.1.0',
  }),
  public_url: derived(origin(), {
    derived: {
      text: 'http://localhost:PORT, with the port of server.listen; https with a tls.mode other than off',
      compute: (lookup) =>
        `${lookup('tls.mode') === 'off' ? 'http' : 'https'}://localhost:${(lookup('server.listen') as HostPort).port}`,
    },
    description:
      'The address that people type: scheme, host and, if it is not the usual one, the port; no path. Invite links are made from it. Set it as soon as anyone but you uses the server. A wrong value makes links that lead nowhere. Browsers allow microphone and notifications only over https.',
    example: 'https://chat.example.org',
    reload: 'restart',
    since: '0.1.0',
  }),
  trusted_proxies: option(list(cidr(), 'list of addresses or networks'), {
    default: '[]',
    description:
      'Reverse proxies whose X-Forwarded-For header is believed. Without the proxy in this list every client seems to come from the address of the proxy, and all of them share its limits. With too much in this list anyone can invent an address and escape the limits.',
    example: '[127.0.0.1, ::1]',
    reload: 'restart',
    since: '0.1.0',
  }),
  drain_timeout: option(duration({ max: '10m' }), {
    default: '10s',
    description:
      'How long a stopping server waits for clients to take what is on its way to them and to leave, before it cuts the rest. Nothing is lost by cutting: what was not acknowledged is delivered again. Keep it below the stop timeout of the service manager (systemd: 90s).',
    reload: 'live',
    since: '0.1.0',
  }),
});
