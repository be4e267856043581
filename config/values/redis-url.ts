import { ValueError, quote, type ValueType } from './value-type.ts';

const EXPECTED = 'redis://HOST:PORT/DATABASE, or rediss:// for TLS, such as redis://redis.example.org:6379/0';

/** The address of one Redis server. Credentials inside it would be shown wherever the address is shown: refused. */
export function redisUrl(): ValueType<string> {
  return {
    kind: 'Redis URL',
    expected: EXPECTED,
    schema: { type: 'string', pattern: '^rediss?://[^@]+$' },
    parse: parseRedisUrl,
    format: String,
    toJson: (value) => value,
  };
}

function parseRedisUrl(text: string): string {
  refuseCredentials(text);
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') {
    throw new ValueError(`${quote(text)} is not the address of a Redis server`, suggest(text));
  }
  if (text.includes('?') || text.includes('#')) {
    throw new ValueError(
      `${quote(text)} has a query or fragment`,
      'Options of the connection have their own names under redis.external.',
    );
  }
  if (!/^(\/[0-9]{0,4})?$/.test(url.pathname)) {
    throw new ValueError(
      `${quote(url.pathname)} is not a database number`,
      'After the port comes / and a number, such as /0.',
    );
  }
  return text;
}

/** Everything before the last @ may be a password, also where the URL parser gives up. */
function refuseCredentials(text: string): void {
  if (!text.includes('@')) return;
  throw new ValueError(
    'the address holds a user name or password',
    'Write the address without them; put the name in redis.external.username and the password in a file that redis.external.password_file names.',
  );
}

function suggest(text: string): string {
  if (/^[a-z0-9.-]+(:[0-9]+)?$/i.test(text)) return `Write redis://${text}, or rediss://${text} for TLS.`;
  return `Write ${EXPECTED}.`;
}
