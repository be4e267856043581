/** What a member with a client of their own making can send. None of it may stop what comes after it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Content, SyncMessage } from '../../../wire/generated/content.ts';
import { accountIdToBytes, type AccountId } from '../../../wire/ids.ts';
import { credentialsOf } from '../../../client/account/account-record.ts';
import { NO_QUIET_HOURS } from '../../../client/account/quiet-hours.ts';
import { findMessage, updateMessage } from '../../../client/conversations/history.ts';
import { MAX_EXPIRE_TIMER_SECONDS } from '../../../client/conversations/limits.ts';
import { buildContent, encodeContent, textBody, textMessage } from '../../../client/messaging/content.ts';
import { encryptToDevices } from '../../../client/messaging/encrypt.ts';
import { obtainSenderCertificate } from '../../../client/messaging/sender-certificate.ts';
import { listKnownDevices } from '../../../client/messaging/sessions.ts';
import { toCiphertextType } from '../../../client/messaging/signal-errors.ts';
import { createSignalStores } from '../../../client/messaging/signal-stores.ts';
import { createApi } from '../../../client/transport/api.ts';
import { Connection } from '../../../client/transport/connection.ts';
import { startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

describe('a hostile member', () => {
  let team: Team;
  let eve: TestClient;
  let bob: TestClient;
  let connection: Connection;
  let registrationId: number;

  beforeAll(async () => {
    team = await startTeam();
    eve = await team.join('Eve');
    bob = await team.join('Bob');
    await untilStatus(eve, await eve.client.sendText(bob.id, 'hello'), 'delivered');
    const [device] = await eve.ports.storage.transaction((tx) =>
      listKnownDevices(eve.ports.signal, tx, bob.id as AccountId, Date.now()),
    );
    registrationId = device!.registrationId!;
    const account = (await eve.client.account())!;
    connection = new Connection(
      eve.ports,
      {
        url: `${account.origin.replace('http', 'ws')}/v1/connect?deliver=false`,
        protocols: ['vant.v1', `bearer.${credentialsOf(account)}`],
      },
      {
        onDelivery: () => undefined,
        onQueueDrained: () => undefined,
        onPreKeysLow: () => undefined,
        onPushAddressDropped: () => undefined,
        onDraining: () => undefined,
        onClose: () => undefined,
      },
    );
    await connection.opened();
  });
  afterAll(async () => {
    connection.close();
    await team.end();
  });

  async function sendRaw(content: Uint8Array, messageId = eve.ports.random.bytes(16), timestamp = Date.now()) {
    const { result } = await connection.send({
      recipient: accountIdToBytes(bob.id as AccountId),
      messageId,
      clientTimestamp: timestamp,
      messages: [{ deviceId: 1, registrationId, content }],
      urgent: false,
      ephemeral: false,
      ttlSeconds: 0,
      resend: false,
      call: false,
    });
    expect(result?.$case).toBe('accepted');
  }

  /** Encrypted as it should be, whatever is inside. */
  async function encrypt(bytes: Uint8Array): Promise<Uint8Array> {
    const account = (await eve.client.account())!;
    const api = createApi(eve.ports.http, account.origin, credentialsOf(account));
    const certificate = await obtainSenderCertificate(eve.ports, api);
    const [message] = await eve.ports.storage.transaction((tx) =>
      encryptToDevices(
        { signal: eve.ports.signal, tx, account, certificate, now: Date.now() },
        bob.id as AccountId,
        [{ deviceId: 1 as never, registrationId }],
        { kind: 'content', bytes, hint: 1 },
      ),
    );
    return message!.content;
  }

  /** Sealed with a valid certificate, around something that is no message of its type. */
  async function sealGarbage(type: 'whisper' | 'plaintext'): Promise<Uint8Array> {
    const { signal } = eve.ports;
    const account = (await eve.client.account())!;
    const api = createApi(eve.ports.http, account.origin, credentialsOf(account));
    const certificate = signal.SenderCertificate.deserialize(await obtainSenderCertificate(eve.ports, api));
    const real = signal.PlaintextContent.from(
      signal.DecryptionErrorMessage.forOriginal(garbageSignalMessage(), toCiphertextType(2), 1, 1),
    ).asCiphertextMessage();
    const usmc = signal.UnidentifiedSenderMessageContent.new(real, certificate, 0, null);
    const bytes = usmc.serialize();
    // Field 1 is the type, in the second byte: 2 is a SignalMessage, 8 is PlaintextContent.
    expect([bytes[0], bytes[1]]).toEqual([8, 8]);
    if (type === 'whisper') bytes[1] = 2;
    else bytes[bytes.length - 1] = 0;
    const changed = signal.UnidentifiedSenderMessageContent.deserialize(bytes);
    return eve.ports.storage.transaction((tx) =>
      signal.sealedSenderEncrypt(
        changed,
        signal.ProtocolAddress.new(bob.id, 1),
        createSignalStores(signal, tx, account).identity,
      ),
    );
  }

  function garbageSignalMessage(): Uint8Array<ArrayBuffer> {
    const { signal } = eve.ports;
    const key = signal.PrivateKey.generate().getPublicKey();
    const bytes = new Uint8Array(32);
    return signalMessage(key, bytes);
  }

  /** A SignalMessage by its fields: ratchet key, counter, ciphertext, and a MAC that is wrong. */
  function signalMessage(key: { serialize(): Uint8Array }, ciphertext: Uint8Array): Uint8Array<ArrayBuffer> {
    return Uint8Array.from([
      0x44,
      10,
      33,
      ...key.serialize(),
      16,
      0,
      24,
      0,
      34,
      ciphertext.length,
      ...ciphertext,
      ...Array<number>(8).fill(0),
    ]);
  }

  async function expectStillReceiving(text: string): Promise<void> {
    await eve.client.sendText(bob.id, text);
    await untilText(bob, text, eve);
  }

  it('cannot stop others with bytes that are no ciphertext', async () => {
    await sendRaw(Uint8Array.of(0x11, 1, 2, 3));
    await sendRaw(new Uint8Array(500).fill(0x11));
    await expectStillReceiving('after noise');
  });

  it('cannot stop others with messages that libsignal cannot even parse', async () => {
    await sendRaw(await sealGarbage('whisper'));
    await sendRaw(await sealGarbage('plaintext'));
    await expectStillReceiving('after garbage');
  });

  it('cannot pass one message off under the id of another', async () => {
    const content: Content = buildContent(eve.ports.random.bytes(16), 1234, textBody('swapped'));
    await sendRaw(await encrypt(encodeContent(content)), eve.ports.random.bytes(16), 1234);
    await expectStillReceiving('after a swap');
    expect(bob.texts).not.toContain('swapped');
  });

  it('cannot stop others with content that is none, or that is about nothing', async () => {
    await sendRaw(await encrypt(new Uint8Array(300).fill(0xff)));
    const strange: Content['body'][] = [
      { $case: 'reaction', value: { target: undefined, emoji: 'x', remove: false } },
      {
        $case: 'reaction',
        value: { target: { author: new Uint8Array(3), messageId: new Uint8Array() }, emoji: '', remove: true },
      },
      { $case: 'edit', value: { targetMessageId: new Uint8Array(99), text: undefined } },
      { $case: 'receipt', value: { type: 1, messageIds: [new Uint8Array(), new Uint8Array(500)] } },
      { $case: 'sync', value: { body: undefined } },
      {
        $case: 'sync',
        value: { body: { $case: 'sent', value: { recipient: new Uint8Array(16), content: undefined } } },
      },
      { $case: 'call', value: { callId: new Uint8Array(), destinationDevice: 0, body: undefined } },
      undefined,
    ];
    for (const [index, body] of strange.entries()) {
      const id = eve.ports.random.bytes(16);
      const content = { ...buildContent(id, index + 1, textBody('')), body };
      await sendRaw(await encrypt(encodeContent(content)), id, index + 1);
    }
    await expectStillReceiving('after nonsense');
  });

  it('cannot write in the name of the one who reads', async () => {
    const id = eve.ports.random.bytes(16);
    const said = buildContent(eve.ports.random.bytes(16), 99, textBody('I never said that'));
    const value = { recipient: accountIdToBytes(eve.id as AccountId), content: said };
    const content = buildContent(id, 98, { $case: 'sync', value: { body: { $case: 'sent', value } } });
    await sendRaw(await encrypt(encodeContent(content)), id, 98);
    await expectStillReceiving('after a forged sync');
    const history = await bob.client.messages(eve.id);
    expect(history.map(({ text }) => text)).not.toContain('I never said that');
  });

  /** Sends it as it is, and gives the id of the message. */
  async function sendContent(body: Content['body'], change: Partial<Content> = {}): Promise<Uint8Array> {
    const id = eve.ports.random.bytes(16);
    const timestamp = Date.now();
    const content = { ...buildContent(id, timestamp, textBody('')), body, ...change };
    await sendRaw(await encrypt(encodeContent(content)), id, timestamp);
    return id;
  }
  const find = async (text: string) => (await bob.client.messages(eve.id)).find((message) => message.text === text);

  it('cannot change what others have written, nor what is in other conversations', async () => {
    const carol = await team.join('Carol');
    await carol.client.sendText(bob.id, 'from Carol');
    const received = await untilText(bob, 'from Carol', carol);
    const own = await bob.client.sendText(carol.id, 'from Bob');
    const text = { body: 'forged', ranges: [], quote: undefined, attachments: [], previews: [] };
    for (const { id, author } of [received, own]) {
      const targetMessageId = Buffer.from(id, 'hex');
      const target = { author: accountIdToBytes(author), messageId: targetMessageId };
      await sendContent({ $case: 'edit', value: { targetMessageId, text } });
      await sendContent({ $case: 'delete', value: { targetMessageId } });
      await sendContent({ $case: 'reaction', value: { target, emoji: '💩', remove: false } });
      await sendContent({ $case: 'receipt', value: { type: 2, messageIds: [targetMessageId] } });
    }
    await expectStillReceiving('after attempts on Carol');
    const history = await bob.client.messages(carol.id);
    expect(history.map((message) => message.text)).toEqual(expect.arrayContaining(['from Carol', 'from Bob']));
    expect(history.every(({ reactions, isDeleted }) => reactions === undefined && isDeleted === undefined)).toBe(true);
    expect((await bob.client.deliveryInfo(own.historyKey))[0]?.readAt).toBeUndefined();
  });

  it('cannot edit after two days, nor eleven times, whatever time it claims', async () => {
    const messageId = await sendContent(textBody('original'));
    const target = await untilText(bob, 'original', eve);
    const edit = (body: string, timestamp: number) =>
      sendContent(
        { $case: 'edit', value: { targetMessageId: messageId, text: { ...textMessage(body) } } },
        { timestamp },
      );
    // Content and request must name the same time, so this one is dropped.
    await edit('other time', Date.now() + 5);
    for (let count = 1; count <= 11; count++) {
      await sendContent({ $case: 'edit', value: { targetMessageId: messageId, text: textMessage(`edit ${count}`) } });
    }
    await expectStillReceiving('after many edits');
    expect(await bob.client.message(target.historyKey)).toMatchObject({ text: 'edit 10' });
    await bob.ports.storage.transaction(async (tx) => {
      const old = (await findMessage(tx, target.author, target.id))!;
      await updateMessage(tx, { ...old, edits: [], serverTimestamp: Date.now() - 49 * 3_600_000 }, 'changed');
    });
    await sendContent({ $case: 'edit', value: { targetMessageId: messageId, text: textMessage('too late') } });
    await sendContent({ $case: 'delete', value: { targetMessageId: messageId } });
    await expectStillReceiving('after late edits');
    expect(await bob.client.message(target.historyKey)).toMatchObject({ text: 'edit 10' });
  });

  it('cannot put words into the mouth of others with a quote, nor ranges beyond the text', async () => {
    const said = await bob.client.sendText(eve.id, 'what I said');
    const unknown = { author: said.author, id: 'ab'.repeat(16), text: 'q'.repeat(5000) };
    const ranges = [
      { start: 0, length: 3, style: 'bold' as const },
      { start: 2, length: 4_000_000_000, style: 'italic' as const },
      { start: 4_294_967_295, length: 1, mention: said.author },
      { start: 0, length: 0, mention: said.author },
    ];
    await sendContent(textBody('forged quote', { quote: { ...said, text: 'I never said this' }, ranges }));
    await sendContent(textBody('unknown quote', { quote: unknown }));
    await expectStillReceiving('after quotes');
    const forged = await find('forged quote');
    expect(forged).toMatchObject({ quote: { text: 'what I said', historyKey: said.historyKey }, ranges: [ranges[0]] });
    const quote = (await find('unknown quote'))?.quote;
    expect(quote).toEqual({ author: bob.id, id: unknown.id, text: 'q'.repeat(1000) });
  });

  it('cannot set timers without end', async () => {
    await sendContent({ $case: 'expireTimerUpdate', value: { expireTimerSeconds: 0xffffffff, version: 1 } });
    await sendContent(textBody('huge timer'), { expireTimerSeconds: 0xffffffff });
    await expectStillReceiving('after timers');
    expect(await bob.client.conversation(eve.id)).toMatchObject({ expireTimerSeconds: MAX_EXPIRE_TIMER_SECONDS });
    expect(await find('huge timer')).toMatchObject({ expireTimerSeconds: MAX_EXPIRE_TIMER_SECONDS });
    await bob.client.setExpireTimer(eve.id, 0);
  });

  it('cannot pose as one of the own devices', async () => {
    const [message] = await bob.client.messages(eve.id);
    const reference = { author: accountIdToBytes(message!.author), messageId: Buffer.from(message!.id, 'hex') };
    const conversation = { accountId: accountIdToBytes(eve.id as AccountId), groupId: new Uint8Array() };
    const bodies: SyncMessage['body'][] = [
      { $case: 'deleted', value: { messages: [reference], conversations: [{ conversation, upTo: 9e15 }] } },
      { $case: 'read', value: { messages: [reference], readAt: 1 } },
      {
        $case: 'settings',
        value: {
          preferences: {
            changedAt: 9e15,
            isReadReceiptsOff: true,
            isTypingOff: true,
            defaultExpireTimerSeconds: 60,
            quietHours: { isOn: true, fromMinute: 0, toMinute: 0, days: 127, allowsCalls: false },
          },
          conversations: [],
          members: [],
        },
      },
      { $case: 'request', value: {} },
    ];
    for (const body of bodies) await sendContent({ $case: 'sync', value: { body } });
    await expectStillReceiving('after posing');
    expect(await bob.client.message(message!.historyKey)).toBeDefined();
    expect(await bob.client.preferences()).toEqual({
      readReceipts: true,
      typingIndicators: true,
      defaultExpireTimerSeconds: 0,
      quietHours: NO_QUIET_HOURS,
    });
  });

  it('what a newer version sends is shown as such, and kept as it came', async () => {
    const [id, timestamp] = [eve.ports.random.bytes(16), Date.now()];
    const known = encodeContent({ ...buildContent(id, timestamp, textBody('')), body: undefined });
    // Field 99 with three bytes.
    const bytes = Uint8Array.from([...known, 0x9a, 0x06, 3, 1, 2, 3]);
    await sendRaw(await encrypt(bytes), id, timestamp);
    await expectStillReceiving('after something new');
    const shown = (await bob.client.messages(eve.id)).find((message) => message.id === Buffer.from(id).toString('hex'));
    expect(shown).toMatchObject({ kind: 'notice', notice: { type: 'unsupported' } });
    expect(Array.from(shown!.content)).toEqual(Array.from(bytes));
  });
});
