import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AttachmentFiles, UPLOAD_TIMEOUT_MS } from '../../../server/attachments/attachment-files.ts';
import { BINARY_ROUTES } from '../../../wire/routes.ts';
import type { ErrorBody, StoredAttachment } from '../../../wire/schemas.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';
import { newSecret, type RawDevice } from '../../support/raw-device.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { findTraces, startTwoNodes } from '../../support/two-nodes.ts';
import { until } from '../../support/until.ts';

const KIB = 1024;

const { path } = BINARY_ROUTES.uploadAttachment;
const bearer = (device: RawDevice) => ({ authorization: `Bearer ${device.credentials}` });

function upload(device: RawDevice, body: Uint8Array, url = device.url): Promise<Response> {
  const headers = { ...bearer(device), 'content-type': 'application/octet-stream' };
  return fetch(url + path, { method: 'POST', headers, body: Buffer.from(body) });
}

const fetchFile = (device: RawDevice, id: string, range?: string, url = device.url) =>
  fetch(`${url}${path}/${id}`, { headers: { ...bearer(device), ...(range !== undefined && { range }) } });

const idOf = async (response: Response): Promise<string> => ((await response.json()) as StoredAttachment).attachmentId;
const codeOf = async (response: Response): Promise<string> =>
  response.ok ? 'done' : ((await response.json()) as ErrorBody).code;

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== 'mark')
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('attachments', () => {
  let directory: string;
  let server: TestServer;
  let owner: RawDevice;
  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    server = await startTestServer({
      VANT_ATTACHMENTS_DIRECTORY: directory,
      VANT_ATTACHMENTS_MAX_SIZE: '128KiB',
      VANT_ATTACHMENTS_QUOTA_PER_ACCOUNT: '256KiB',
      VANT_ATTACHMENTS_MIN_FREE: '0B',
    });
    owner = server.owner;
  });
  afterAll(async () => {
    await server.stop();
    await removeDirectory(directory);
  });

  test('come back as they were left, whole or in part, to any member and to nobody else', async () => {
    const [member, other] = [await owner.inviteAndJoin(), await owner.inviteAndJoin()];
    const bytes = randomBytes(100 * KIB);
    const response = await upload(member, bytes);
    expect(response.status).toBe(200);
    const { attachmentId, expiresAt } = (await response.json()) as StoredAttachment;
    expect(attachmentId).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Math.abs(expiresAt - Date.now() - 7 * 24 * 3600 * 1000)).toBeLessThan(60_000);

    const whole = await fetchFile(other, attachmentId);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-length': String(bytes.length),
    });
    const part = await fetchFile(other, attachmentId, 'bytes=10-19');
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    const tail = await fetchFile(other, attachmentId, 'bytes=-5');
    expect(Buffer.from(await tail.arrayBuffer()).equals(bytes.subarray(-5))).toBe(true);
    const beyond = await fetchFile(other, attachmentId, `bytes=${bytes.length}-`);
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);
    expect(await codeOf(beyond)).toBe('RANGE_NOT_SATISFIABLE');

    expect((await fetch(`${server.url}${path}/${attachmentId}`)).status).toBe(401);
    expect((await fetch(server.url + path, { method: 'POST', body: 'x' })).status).toBe(401);
  });

  test('the server stores neither whose they are nor their id: only a size that counts', async () => {
    const member = await owner.inviteAndJoin();
    const bytes = randomBytes(5);
    const id = await idOf(await upload(member, bytes));
    const names = await filesIn(directory);
    for (const name of names) {
      expect(name).not.toContain(id);
      expect((await stat(name)).mode & 0o777).toBe(0o600);
    }
    const { sections } = await member.call('getAccountRecords');
    const { entries } = sections.find((section) => section.id === 'attachments')!;
    expect(entries).toHaveLength(1);
    expect(entries[0]!.fields[0]).toMatchObject({ name: 'bytes', value: 64 * KIB });
    expect(JSON.stringify(sections)).not.toContain(id);
  });

  test('the largest size is taken, a byte more is not', async () => {
    const member = await owner.inviteAndJoin();
    expect(await codeOf(await upload(member, randomBytes(128 * KIB)))).toBe('done');
    expect(await codeOf(await upload(member, randomBytes(128 * KIB + 1)))).toBe('PAYLOAD_TOO_LARGE');
    expect(await codeOf(await upload(member, new Uint8Array()))).toBe('BAD_REQUEST');
  });

  test('the quota is used to the last byte and not beyond, also by uploads at once; others have their own', async () => {
    const member = await owner.inviteAndJoin();
    expect(await codeOf(await upload(member, randomBytes(128 * KIB)))).toBe('done');
    const results = await Promise.all(Array.from({ length: 6 }, () => upload(member, randomBytes(64 * KIB))));
    const codes = await Promise.all(results.map(codeOf));
    expect(codes.filter((code) => code === 'done')).toHaveLength(2);
    expect(codes.filter((code) => code === 'QUOTA_EXCEEDED')).toHaveLength(4);
    expect(await codeOf(await upload(member, randomBytes(1)))).toBe('QUOTA_EXCEEDED');
    expect(await codeOf(await upload(owner, randomBytes(1)))).toBe('done');
  });

  test('an upload that is broken off leaves no file and gives its room back', async () => {
    const member = await owner.inviteAndJoin();
    const before = await filesIn(directory);
    const headers = { ...bearer(member), 'content-type': 'application/octet-stream', 'content-length': 128 * KIB };
    const sending = httpRequest(server.url + path, { method: 'POST', headers });
    sending.on('error', () => undefined);
    sending.write(randomBytes(KIB));
    await until('a part of it to arrive', async () => (await filesIn(directory)).length > before.length);
    sending.destroy();
    await until('it to be gone', async () => (await filesIn(directory)).length === before.length);
    const usage = async () => {
      const { sections } = await member.call('getAccountRecords');
      return sections.find((section) => section.id === 'attachments')!.entries.length;
    };
    await until('its room to be free', async () => (await usage()) === 0);
  });

  test('what is no upload is refused, and the next request on the connection is not harmed', async () => {
    const post = (headers: Record<string, string>, body: RequestInit['body']) =>
      fetch(server.url + path, {
        method: 'POST',
        headers: { ...bearer(owner), ...headers },
        body,
        duplex: 'half',
      } as RequestInit);
    expect(await codeOf(await post({ 'content-type': 'application/json' }, '{}'))).toBe('BAD_REQUEST');
    const unknownLength = Readable.toWeb(Readable.from([Buffer.from('abc')])) as unknown as RequestInit['body'];
    expect(await codeOf(await post({ 'content-type': 'application/octet-stream' }, unknownLength))).toBe('BAD_REQUEST');
    expect((await owner.call('listMembers')).members.length).toBeGreaterThan(0);
  });

  test('hostile ids find nothing', async () => {
    await writeFile(join(directory, 'secret.txt'), 'not for anyone');
    const names = await filesIn(directory);
    const hash = names.find((name) => /[0-9a-f]{64}$/.test(name))!.slice(-64);
    const ids = [
      '..%2Fsecret.txt',
      '%2e%2e',
      'secret.txt',
      'mark',
      'incoming',
      hash,
      `${'A'.repeat(42)}%00`,
      '',
      'A'.repeat(44),
    ];
    for (const id of ids) expect((await fetchFile(owner, id)).status, id).toBeGreaterThanOrEqual(400);
    const unknown = await fetchFile(owner, newSecret());
    expect([unknown.status, await codeOf(unknown)]).toEqual([404, 'NOT_FOUND']);
    expect(await readFile(join(directory, 'secret.txt'), 'utf8')).toBe('not for anyone');
  });
});

describe('attachments of several nodes', () => {
  test('are found on every node that shares the directory; another directory is told to the admin', async () => {
    const directory = await makeTemporaryDirectory();
    const nodes = await startTwoNodes({ VANT_ATTACHMENTS_DIRECTORY: directory, VANT_ATTACHMENTS_MIN_FREE: '0B' });
    try {
      const member = await nodes.owner.inviteAndJoin();
      const id = await idOf(await upload(member, Buffer.from('shared')));
      expect(await (await fetchFile(member, id, undefined, nodes.two.url)).text()).toBe('shared');
      expect(nodes.two.logText()).not.toContain('attachments.directory');
      await nodes.owner.call('removeAccount', { params: { accountId: member.accountId } });
      expect(await findTraces(nodes.redis, member.accountId)).toEqual([]);
    } finally {
      await nodes.stop();
      await removeDirectory(directory);
    }
    const apart = await startTwoNodes({ VANT_ATTACHMENTS_MIN_FREE: '0B' });
    expect(apart.two.logText()).toContain('give all nodes one shared directory');
    await apart.stop();
  });

  test('a directory that cannot be used stops no message: files are refused, and the admin is told', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'in-the-way'), '');
    const server = await startTestServer({ VANT_ATTACHMENTS_DIRECTORY: join(directory, 'in-the-way') });
    try {
      expect(await codeOf(await upload(server.owner, Buffer.from('x')))).toBe('DISK_FULL');
      const { warnings } = await server.owner.call('getAdminStatus');
      expect(warnings).toContainEqual(expect.objectContaining({ option: 'attachments.directory' }));
      const connection = await server.owner.connect();
      await connection.close();
    } finally {
      await server.stop();
      await removeDirectory(directory);
    }
  });

  test('a disk without enough room takes none, and says so; trying is limited', async () => {
    const server = await startTestServer({
      VANT_ATTACHMENTS_MIN_FREE: '1TiB',
      VANT_LIMITS_ATTACHMENTS_PER_ACCOUNT: '2/1h',
    });
    try {
      const response = await upload(server.owner, Buffer.from('x'));
      expect([response.status, await codeOf(response)]).toEqual([507, 'DISK_FULL']);
      // Trying counts, too.
      expect(await codeOf(await upload(server.owner, Buffer.from('x')))).toBe('DISK_FULL');
      expect(await codeOf(await upload(server.owner, Buffer.from('x')))).toBe('RATE_LIMITED');
    } finally {
      await server.stop();
    }
  });
});

describe('AttachmentFiles', () => {
  const TTL = 1000_000;
  let directory: string;
  let files: AttachmentFiles;
  let now: number;
  beforeEach(async () => {
    now = Date.now();
    directory = await makeTemporaryDirectory();
    files = new AttachmentFiles(
      directory,
      () => ({ ttlMs: TTL, minFreeBytes: 0 }),
      () => now,
    );
  });
  afterEach(() => removeDirectory(directory));
  const write = (id: string, text: string, bytes = text.length) =>
    files.write(id, Readable.from([Buffer.from(text)]), bytes);

  test('a file lives as long as its message may need it, is not served a moment longer, and is then deleted', async () => {
    await write('one', 'hello');
    const [path] = await filesIn(directory);
    const { mtimeMs } = await stat(path!);
    now = mtimeMs + TTL + UPLOAD_TIMEOUT_MS;
    const file = await files.open('one');
    expect(file?.bytes).toBe(5);
    await file?.close();
    expect(await files.sweep()).toBe(0);
    now += 1;
    expect(await files.open('one')).toBeUndefined();
    expect(await files.sweep()).toBe(1);
    expect(await filesIn(directory)).toEqual([]);
  });

  test('what a crash has left half-written is never served, and is deleted once no upload can be under way any more', async () => {
    await mkdir(join(directory, 'incoming'), { recursive: true });
    const left = join(directory, 'incoming', 'left-by-a-crash');
    await writeFile(left, 'half');
    await utimes(left, now / 1000, now / 1000);
    now = (await stat(left)).mtimeMs + UPLOAD_TIMEOUT_MS;
    expect(await files.sweep()).toBe(0);
    now += 1;
    expect(await files.sweep()).toBe(1);
  });

  test.each([
    ['too few', 6],
    ['too many', 4],
  ])('%s bytes leave nothing', async (_what, bytes) => {
    await expect(write('one', 'hello', bytes)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await filesIn(directory)).toEqual([]);
    expect(await files.open('one')).toBeUndefined();
  });

  test('an error of the disk is one of the table, and leaves nothing', async () => {
    const full = new Readable({
      read() {
        this.destroy(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
      },
    });
    await expect(files.write('one', full, 5)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await filesIn(directory)).toEqual([]);
  });
});
