import { ENTRIES } from './registry.ts';
import type { Rule, RuleView } from './rule.ts';

const pathsBelow = (prefix: string): string[] =>
  ENTRIES.map(({ path }) => path).filter((path) => path.startsWith(`${prefix}.`));

const EMBEDDED = pathsBelow('redis.embedded');
const EXTERNAL = pathsBelow('redis.external');
const URL = 'redis.external.url';
const SENTINEL = 'redis.external.sentinel';
const CLUSTER_NODES = 'redis.external.cluster.nodes';
const TLS = 'redis.external.tls';

/** The ways to name an external Redis that are in use; exactly one is right. */
function waysIn({ config, isSet }: RuleView): string[] {
  const { external } = config.redis;
  const ways: string[] = [];
  if (external.url !== undefined) ways.push(URL);
  if (external.sentinel.nodes.length > 0 || isSet(`${SENTINEL}.master`)) ways.push(SENTINEL);
  if (external.cluster.nodes.length > 0) ways.push(CLUSTER_NODES);
  return ways;
}

/** Says that `path` makes no sense without `other`. */
function needs(path: string, other: string, why: string): Rule {
  return {
    severity: 'error',
    options: [path, other],
    sentence: `${path} goes together with ${other}.`,
    check: ({ isSet }) =>
      isSet(path) && !isSet(other)
        ? { message: `is set, and ${other} is not: ${why}`, help: `Set ${other} too, or remove ${path}.` }
        : undefined,
  };
}

const modeRules: readonly Rule[] = [
  {
    severity: 'error',
    options: ['redis.mode', ...EXTERNAL],
    sentence: 'With redis.mode: embedded nothing is set below redis.external.',
    check: ({ config, isSet }) => {
      const set = EXTERNAL.filter(isSet);
      const [first] = set;
      if (config.redis.mode !== 'embedded' || first === undefined) return undefined;
      return {
        option: first,
        message: `is set, and redis.mode is embedded: it would not be used`,
        help: `Write "mode: external" below "redis:" to use your Redis, or remove ${set.join(', ')}.`,
      };
    },
  },
  {
    severity: 'warning',
    options: ['redis.mode', ...EMBEDDED],
    sentence: 'With redis.mode: external nothing is set below redis.embedded.',
    check: ({ config, isSet }) => {
      const [first] = EMBEDDED.filter(isSet);
      if (config.redis.mode !== 'external' || first === undefined) return undefined;
      return {
        option: first,
        message: 'is set, and redis.mode is external: it is not used',
        help: 'Vant starts no Redis of its own then; such settings belong into redis.conf of yours.',
      };
    },
  },
  {
    severity: 'error',
    options: ['redis.mode', URL, `${SENTINEL}.master`, `${SENTINEL}.nodes`, CLUSTER_NODES],
    sentence: `With redis.mode: external exactly one of ${URL}, ${SENTINEL} and ${CLUSTER_NODES} is set.`,
    check: (view) => {
      const ways = waysIn(view);
      if (view.config.redis.mode !== 'external' || ways.length === 1) return undefined;
      const choice = `${URL} for one server, ${SENTINEL} (master and nodes) for Sentinel, or ${CLUSTER_NODES} for Cluster`;
      if (ways.length === 0)
        return { message: 'is external, and nothing says where that Redis is', help: `Set ${choice}.` };
      return { message: `is external, and ${ways.join(' and ')} are set`, help: `Keep exactly one: ${choice}.` };
    },
  },
];

const partnerRules: readonly Rule[] = [
  needs(`${SENTINEL}.master`, `${SENTINEL}.nodes`, 'nobody can be asked where the master is'),
  needs(`${SENTINEL}.nodes`, `${SENTINEL}.master`, 'the sentinels have to be asked for a name'),
  needs(`${SENTINEL}.username`, `${SENTINEL}.password`, 'a user name alone opens nothing'),
  needs(`${SENTINEL}.password`, `${SENTINEL}.nodes`, 'there is no sentinel to give it to'),
  needs('redis.external.username', 'redis.external.password', 'a user name alone opens nothing'),
  needs(`${TLS}.cert_file`, `${TLS}.key_file`, 'a certificate proves nothing without its key'),
  needs(`${TLS}.key_file`, `${TLS}.cert_file`, 'a key proves nothing without its certificate'),
];

const TLS_DETAILS = ['ca_file', 'cert_file', 'key_file', 'server_name'].map((key) => `${TLS}.${key}`);

const tlsRules: readonly Rule[] = [
  {
    severity: 'error',
    options: [`${TLS}.enabled`, URL],
    sentence: `${TLS}.enabled says the same as the scheme of ${URL}.`,
    check: ({ config, isSet }) => {
      const { url, tls } = config.redis.external;
      if (url === undefined || !isSet(`${TLS}.enabled`)) return undefined;
      const scheme = url.startsWith('rediss:') ? 'rediss' : 'redis';
      if (tls.enabled === (scheme === 'rediss')) return undefined;
      return {
        message: `is ${tls.enabled}, and ${URL} starts with ${scheme}://`,
        help: `Remove ${TLS}.enabled and let the URL say it: rediss:// with TLS, redis:// without.`,
      };
    },
  },
  {
    severity: 'error',
    options: [`${TLS}.enabled`, URL, ...TLS_DETAILS],
    sentence: `The other options of ${TLS} are set only when TLS is on.`,
    check: ({ config, isSet }) => {
      const [first] = TLS_DETAILS.filter(isSet);
      if (first === undefined || config.redis.external.tls.enabled) return undefined;
      return {
        option: first,
        message: `is set, and TLS is off: the connection to Redis would not be encrypted`,
        help: `Set ${TLS}.enabled to true, or write rediss:// in ${URL}; or remove ${first}.`,
      };
    },
  },
];

export const redisRules: readonly Rule[] = [...modeRules, ...partnerRules, ...tlsRules];
