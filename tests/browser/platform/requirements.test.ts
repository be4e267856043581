/** What is missing in a browser is found, and only that. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findMissingRequirements } from '../../../webui/platform/requirements.ts';
import { askForPersistence, refreshStorageReport } from '../../../webui/platform/storage-persistence.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('what the app needs', () => {
  it('is all there in Chromium', async () => {
    expect(await findMissingRequirements()).toEqual([]);
    expect((await indexedDB.databases()).some(({ name }) => name === 'vant-probe')).toBe(false);
  });

  it('is named when it is missing', async () => {
    vi.stubGlobal('Worker', undefined);
    vi.stubGlobal('BroadcastChannel', undefined);
    expect(await findMissingRequirements()).toEqual(['workers', 'broadcast-channel']);
  });

  it('is missing where the storage refuses to open, as in some private windows', async () => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('', 'SecurityError');
    });
    expect(await findMissingRequirements()).toEqual(['storage']);
  });

  it('starts with a secure context', async () => {
    vi.stubGlobal('isSecureContext', false);
    expect(await findMissingRequirements()).toEqual(['secure-context']);
  });
});

describe('the storage report', () => {
  it('says what is used, and whether the browser keeps it', async () => {
    const report = await refreshStorageReport();
    expect(report.quotaBytes).toBeGreaterThan(1_000_000);
    expect(report.usedBytes).toBeGreaterThanOrEqual(0);
    vi.spyOn(navigator.storage, 'persist').mockResolvedValue(true);
    vi.spyOn(navigator.storage, 'persisted').mockResolvedValue(true);
    expect(await askForPersistence()).toBe(true);
    expect(await refreshStorageReport()).toMatchObject({ isPersistent: true });
  });
});
