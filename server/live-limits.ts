/** From the words of the YAML file to those of the rooms. */
import type { Config } from '../config/schema.ts';

export const toCallSettings = ({ turn }: Config) => ({ mode: turn.mode, credentialTtlMs: turn.credential_ttl });

export const toEchoLimits = ({ calls }: Config) => ({
  isOn: calls.echo,
  maxCalls: calls.echo_max_calls,
  maxCallMs: calls.echo_max_duration,
});

export const toFileLimits = ({ attachments }: Config) => ({
  ttlMs: attachments.ttl,
  minFreeBytes: attachments.min_free,
});

export const toAttachmentLimits = ({ attachments }: Config) => ({
  maxBytes: attachments.max_size,
  quotaBytes: attachments.quota_per_account,
  ttlMs: attachments.ttl,
});

export const toAdminLimits = ({ relay, limits }: Config) => ({
  maxConnections: relay.max_connections,
  maxAccounts: limits.max_accounts,
  queueMaxEnvelopes: relay.queue_max_envelopes,
});

export const toSubmissionLimits = ({ relay }: Config) => ({
  maxContentBytes: relay.max_content,
  messageTtlMs: relay.message_ttl,
  queueMaxEnvelopes: relay.queue_max_envelopes,
});

export const toRelayLimits = ({ relay, push }: Config) => ({
  maxConnections: relay.max_connections,
  maxConnectionsPerAddress: relay.max_connections_per_address,
  keepaliveMs: relay.keepalive,
  slowReaderTimeoutMs: relay.slow_reader_timeout,
  acknowledgeWithinMs: push.acknowledge_within,
  maxContentBytes: relay.max_content,
  messageTtlMs: relay.message_ttl,
});

export const toInvitePolicy = ({ invites }: Config) => ({
  defaultTtlMs: invites.default_ttl,
  maxTtlMs: invites.max_ttl,
  mayMembersInvite: invites.allow_members,
});
