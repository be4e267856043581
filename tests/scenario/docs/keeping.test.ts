import { test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { runPage } from './doc-commands.ts';

/** Push services of others are no part of the docs' promise. */
const QUIET = { VANT_PUSH_WEB_PUSH_ENABLED: 'false', VANT_PUSH_UNIFIED_PUSH_ENABLED: 'false' };

test.each(['docs/backup.md', 'docs/operate.md', 'docs/troubleshoot.md'])('%s', async (page) => {
  await runPage(page, { env: { ...QUIET, VANT_SERVER_LISTEN: `127.0.0.1:${await findFreePort()}` } });
});
