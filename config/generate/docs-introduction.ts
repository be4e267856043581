/** The hand-written part of docs/configuration.md. */
export const DOCS_INTRODUCTION = `# Configuration

<!-- Generated from config/options by "node scripts/generators.ts": do not edit. -->

One file, \`vant.config.yaml\`. Without it the server starts with good defaults; with it you change what you need and
leave the rest out. The annotated sample at the root of the repository shows every option with its default.

\`\`\`yaml
server:
  listen: 127.0.0.1:8420
  public_url: https://chat.example.org
  trusted_proxies: [127.0.0.1, ::1]
\`\`\`

\`\`\`
vant config check     says what is wrong, in which line, and what would be right; all of it at once
vant config show      says what is in effect and where each value comes from; never prints a secret
vant config schema    prints the JSON Schema that editors use for completion and checking
\`\`\`

## Where the file is

The first of these: \`--config PATH\`; the path in \`VANT_CONFIG\`; \`vant.config.yaml\` in the working directory;
\`/etc/vant/vant.config.yaml\`; none. Relative paths in the file start at the directory of the file.

The environment wins over the file, and the file over the default. The name of an option in the environment is
\`VANT_\` and its path in capitals: \`relay.message_ttl\` is \`VANT_RELAY_MESSAGE_TTL\`. Lists are separated by commas there,
and an empty variable counts as not set. Relative paths in the environment start at the working directory.

## How values are written

| | |
|---|---|
| duration | number and unit, from large to small: \`500ms\`, \`30s\`, \`10m\`, \`1h30m\`, \`7d\` |
| size | number and unit: \`256KiB\` (powers of 1024: KiB, MiB, GiB, TiB), \`256KB\` (powers of 1000) |
| rate | \`600/10s\`: a bucket of 600 that refills evenly over 10 seconds; \`off\` is no limit |
| host:port | \`127.0.0.1:8420\`, \`[::1]:8420\`, \`redis.example.org:6379\` |
| network | \`10.0.0.0/8\`, \`fd00::/8\`, or one address |

## Secrets

A secret never stands in the file, and nothing prints it. It comes from the first of these that is there:

1. the environment: \`VANT_REDIS_EXTERNAL_PASSWORD\`, or \`VANT_REDIS_EXTERNAL_PASSWORD_FILE\` with the path of a file;
2. the path of a file, in the YAML: \`password_file: /etc/vant/redis-password\`;
3. a systemd credential with the name of the option:
   \`LoadCredentialEncrypted=redis.external.password:/etc/vant/redis.cred\`.

The file holds the secret and nothing else; one line feed at its end is ignored. A warning says when other users of the
machine can read it.

## Changing a running server

On SIGHUP (\`systemctl reload vant\`) the server reads the file again. If anything in it is wrong, it says so and goes on
as before. Otherwise options marked *live* apply at once, and the log names the others that wait for a restart.
`;
