/** From the words of the YAML file to those of the rooms. */
import type { Config } from '../config/schema.ts';

export const toCallSettings = ({ turn }: Config) => ({ mode: turn.mode, credentialTtlMs: turn.credential_ttl });

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
