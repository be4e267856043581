// What is measured of an engine, whichever it is. Every load and save of a session goes through bytes, as in a database.
import type * as EngineModule from '../../e2ee/index.ts';

export type Engine = typeof EngineModule;
type Bytes = EngineModule.Bytes;
type Address = EngineModule.ProtocolAddress;

/** Milliseconds unless the name says otherwise. */
export type Figures = Record<string, number>;

const ALICE = '9d0652a3-dcc3-4d11-975f-74d61598733f';
const BOB = '796abedb-ca4e-4f18-8803-1fde5b921f9f';
const PLAINTEXT = new Uint8Array(100).fill(7);
const SKIPPED = 2000;

class Party {
  readonly engine: Engine;
  readonly own: Address;
  readonly identity: EngineModule.IdentityKeyPair;
  readonly sessions = new Map<string, Bytes>();
  private readonly identities = new Map<string, Bytes>();
  private readonly records = new Map<string, Bytes>();

  constructor(engine: Engine, name: string) {
    this.engine = engine;
    this.own = engine.ProtocolAddress.new(name, 1);
    this.identity = engine.IdentityKeyPair.generate();
  }

  async getSession(name: Address): Promise<EngineModule.SessionRecord | null> {
    const stored = this.sessions.get(name.toString());
    return stored === undefined ? null : this.engine.SessionRecord.deserialize(stored);
  }
  async saveSession(name: Address, record: EngineModule.SessionRecord): Promise<void> {
    this.sessions.set(name.toString(), record.serialize());
  }
  async getExistingSessions(): Promise<EngineModule.SessionRecord[]> {
    return [];
  }
  async getIdentityKey(): Promise<EngineModule.PrivateKey> {
    return this.identity.privateKey;
  }
  async getIdentityKeyPair(): Promise<EngineModule.IdentityKeyPair> {
    return this.identity;
  }
  async getLocalRegistrationId(): Promise<number> {
    return 5;
  }
  async saveIdentity(name: Address, key: EngineModule.PublicKey): Promise<0> {
    this.identities.set(name.toString(), key.serialize());
    return 0;
  }
  async isTrustedIdentity(): Promise<boolean> {
    return true;
  }
  async getIdentity(name: Address): Promise<EngineModule.PublicKey | null> {
    const stored = this.identities.get(name.toString());
    return stored === undefined ? null : this.engine.PublicKey.deserialize(stored);
  }
  async savePreKey(id: number, record: EngineModule.PreKeyRecord): Promise<void> {
    this.records.set(`pre/${id}`, record.serialize());
  }
  async getPreKey(id: number): Promise<EngineModule.PreKeyRecord> {
    return this.engine.PreKeyRecord.deserialize(this.load(`pre/${id}`));
  }
  async removePreKey(id: number): Promise<void> {
    this.records.delete(`pre/${id}`);
  }
  async saveSignedPreKey(id: number, record: EngineModule.SignedPreKeyRecord): Promise<void> {
    this.records.set(`signed/${id}`, record.serialize());
  }
  async getSignedPreKey(id: number): Promise<EngineModule.SignedPreKeyRecord> {
    return this.engine.SignedPreKeyRecord.deserialize(this.load(`signed/${id}`));
  }
  async saveKyberPreKey(id: number, record: EngineModule.KyberPreKeyRecord): Promise<void> {
    this.records.set(`kyber/${id}`, record.serialize());
  }
  async getKyberPreKey(id: number): Promise<EngineModule.KyberPreKeyRecord> {
    return this.engine.KyberPreKeyRecord.deserialize(this.load(`kyber/${id}`));
  }
  async markKyberPreKeyUsed(): Promise<void> {
    return Promise.resolve();
  }

  private load(key: string): Bytes {
    const stored = this.records.get(key);
    if (stored === undefined) throw new Error(`no record ${key}`);
    return stored;
  }

  async makeBundle(id: number): Promise<EngineModule.PreKeyBundle> {
    const { PrivateKey, KEMKeyPair, PreKeyRecord, SignedPreKeyRecord, KyberPreKeyRecord, PreKeyBundle } = this.engine;
    const { privateKey, publicKey } = this.identity;
    const [oneTime, signed, kyber] = [PrivateKey.generate(), PrivateKey.generate(), KEMKeyPair.generate()];
    const signature = privateKey.sign(signed.getPublicKey().serialize());
    const kyberSignature = privateKey.sign(kyber.getPublicKey().serialize());
    await this.savePreKey(id, PreKeyRecord.new(id, oneTime.getPublicKey(), oneTime));
    await this.saveSignedPreKey(id, SignedPreKeyRecord.new(id, 1, signed.getPublicKey(), signed, signature));
    await this.saveKyberPreKey(id, KyberPreKeyRecord.new(id, 1, kyber, kyberSignature));
    const oneTimeKey = oneTime.getPublicKey();
    const signedKey = signed.getPublicKey();
    const kyberKey = kyber.getPublicKey();
    return PreKeyBundle.new(5, 1, id, oneTimeKey, id, signedKey, signature, publicKey, id, kyberKey, kyberSignature);
  }

  begin(to: Address, bundle: EngineModule.PreKeyBundle): Promise<void> {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- one object is all the stores
    return this.engine.processPreKeyBundle(bundle, to, this.own, this, this);
  }

  encrypt(to: Address): Promise<EngineModule.CiphertextMessage> {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- one object is all the stores
    return this.engine.signalEncrypt(PLAINTEXT, to, this.own, this, this);
  }

  decrypt(from: Address, sealed: EngineModule.CiphertextMessage): Promise<Bytes> {
    const { engine, own } = this;
    /* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- one object is all the stores */
    if (sealed.type() === engine.CiphertextMessageType.Whisper) {
      return engine.signalDecrypt(engine.SignalMessage.deserialize(sealed.serialize()), from, own, this, this);
    }
    const message = engine.PreKeySignalMessage.deserialize(sealed.serialize());
    return engine.signalDecryptPreKey(message, from, own, this, this, this, this, this);
    /* eslint-enable @typescript-eslint/no-unsafe-class-instance-assignment */
  }
}

export async function measure(engine: Engine): Promise<Figures> {
  await begin(engine, 8);
  const first = await begin(engine, 30);
  return {
    ...first,
    ...(await conversation(engine)),
    ...(await skipping(engine)),
    fingerprint: await fingerprint(engine),
  };
}

/** Medians: what one session costs to begin. */
async function begin(engine: Engine, runs: number): Promise<Figures> {
  const times: { bundle: number[]; encrypt: number[]; decrypt: number[] } = { bundle: [], encrypt: [], decrypt: [] };
  for (let i = 0; i < runs; i++) {
    const [alice, bob] = [new Party(engine, ALICE), new Party(engine, BOB)];
    const made = await timed(() => bob.makeBundle(1));
    const sent = await timed(async () => {
      await alice.begin(bob.own, made.value);
      return alice.encrypt(bob.own);
    });
    const read = await timed(() => bob.decrypt(alice.own, sent.value));
    times.bundle.push(made.ms);
    times.encrypt.push(sent.ms);
    times.decrypt.push(read.ms);
  }
  return {
    'make pre-keys': median(times.bundle),
    'bundle and first encrypt': median(times.encrypt),
    'first decrypt': median(times.decrypt),
  };
}

async function established(engine: Engine): Promise<[Party, Party]> {
  const [alice, bob] = [new Party(engine, ALICE), new Party(engine, BOB)];
  await alice.begin(bob.own, await bob.makeBundle(1));
  await bob.decrypt(alice.own, await alice.encrypt(bob.own));
  await alice.decrypt(bob.own, await bob.encrypt(alice.own));
  return [alice, bob];
}

/** Means over whole conversations: a message is one encryption and one decryption. */
async function conversation(engine: Engine): Promise<Figures> {
  const [alice, bob] = await established(engine);
  const pingPong = async (rounds: number): Promise<void> => {
    for (let i = 0; i < rounds; i++) {
      await bob.decrypt(alice.own, await alice.encrypt(bob.own));
      await alice.decrypt(bob.own, await bob.encrypt(alice.own));
    }
  };
  await pingPong(30);
  const rounds = 300;
  const { ms } = await timed(() => pingPong(rounds));
  const burst = 1000;
  const oneWay = await timed(async () => {
    for (let i = 0; i < burst; i++) await bob.decrypt(alice.own, await alice.encrypt(bob.own));
  });
  return { 'ping-pong, per message': ms / (2 * rounds), 'one-way burst, per message': oneWay.ms / burst };
}

async function skipping(engine: Engine): Promise<Figures> {
  const [alice, bob] = await established(engine);
  for (let i = 0; i < SKIPPED; i++) await alice.encrypt(bob.own);
  const sealed = await alice.encrypt(bob.own);
  const jump = await timed(() => bob.decrypt(alice.own, sealed));
  const stored = bob.sessions.get(alice.own.toString());
  if (stored === undefined) throw new Error('no session');
  const loads = [];
  for (let i = 0; i < 20; i++) loads.push((await timed(() => engine.SessionRecord.deserialize(stored))).ms);
  const next = await timed(async () => bob.decrypt(alice.own, await alice.encrypt(bob.own)));
  return {
    '2,000 skipped: the jump': jump.ms,
    '2,000 skipped: state, bytes': stored.length,
    '2,000 skipped: load': median(loads),
    '2,000 skipped: next message': next.ms,
  };
}

async function fingerprint(engine: Engine): Promise<number> {
  const [a, b] = [engine.PrivateKey.generate().getPublicKey(), engine.PrivateKey.generate().getPublicKey()];
  const times = [];
  for (let i = 0; i < 5; i++) {
    const made = await timed(() => engine.Fingerprint.new(5200, 2, PLAINTEXT, a, PLAINTEXT, b));
    times.push(made.ms);
  }
  return median(times);
}

interface Clock {
  now(): number;
}
const clock = (globalThis as unknown as { readonly performance: Clock }).performance;

async function timed<T>(work: () => T | Promise<T>): Promise<{ value: T; ms: number }> {
  const start = clock.now();
  const value = await work();
  return { value, ms: clock.now() - start };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
