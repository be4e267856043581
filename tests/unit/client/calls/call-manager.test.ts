import { beforeEach, describe, expect, it } from 'vitest';
import { CallHangupReason } from '../../../../wire/generated/content.ts';
import { ADA, BOB, CAROL, createWorld, type CallWorld, type TestDevice } from './support.ts';

let world: CallWorld;
let ada: TestDevice;
let bob: TestDevice;
beforeEach(() => {
  world = createWorld();
  ada = world.device(ADA, 1);
  bob = world.device(BOB, 1);
});

const call = async (from: TestDevice, to: TestDevice, withVideo = false): Promise<void> => {
  await from.manager.start(to.account, withVideo);
  await world.settle();
};

const connect = async (): Promise<void> => {
  await call(ada, bob);
  await bob.manager.accept();
  await world.settle();
  ada.peers[0]!.handlers.onState('connected');
  bob.peers[0]!.handlers.onState('connected');
};

describe('a call', () => {
  it('rings, is accepted, connects, and ends for both when one hangs up', async () => {
    await call(ada, bob, true);
    expect(ada.phase()).toBe('ringing');
    expect(bob.views.at(-1)).toMatchObject({ phase: 'incoming', peer: ADA, isOutgoing: false, withVideo: true });
    await bob.manager.accept();
    await world.settle();
    expect([ada.phase(), bob.phase()]).toEqual(['connecting', 'connecting']);
    expect(bob.peers[0]!.steps).toEqual(['accept offer 1']);
    expect(ada.peers[0]!.steps).toEqual(['offer', 'take answer to offer 1']);
    ada.peers[0]!.handlers.onState('connected');
    bob.peers[0]!.handlers.onState('connected');
    expect(ada.views.at(-1)).toMatchObject({ phase: 'connected', connectedAt: world.clock.now() });
    bob.manager.hangUp();
    await world.settle();
    expect([ada.end(), bob.end()]).toEqual(['finished', 'finished']);
    expect([ada.peers[0]!.isClosed, bob.peers[0]!.isClosed]).toEqual([true, true]);
    expect(ada.manager.current).toBeUndefined();
  });

  it('asks for the microphone of the one who is called only after accepting: nothing is gathered before', async () => {
    await call(ada, bob);
    expect(bob.peers).toEqual([]);
  });

  it('is declined, and the own other devices stop ringing', async () => {
    const phone = world.device(BOB, 2);
    await call(ada, bob);
    bob.manager.decline();
    await world.settle();
    expect([ada.end(), bob.end(), phone.end()]).toEqual(['declined', 'declined', 'declined-elsewhere']);
  });

  it('is answered by one device, and the others stop', async () => {
    const phone = world.device(BOB, 2);
    await call(ada, bob);
    await phone.manager.accept();
    await world.settle();
    expect([ada.phase(), phone.phase(), bob.end()]).toEqual(['connecting', 'connecting', 'answered-elsewhere']);
    phone.peers[0]!.handlers.onState('connected');
    ada.peers[0]!.handlers.onState('connected');
    expect(ada.phase()).toBe('connected');
  });

  it('is answered by two devices at once: the first one has it', async () => {
    const phone = world.device(BOB, 2);
    await call(ada, bob);
    await Promise.all([bob.manager.accept(), phone.manager.accept()]);
    await world.settle();
    const phases = [bob.views.at(-1)!, phone.views.at(-1)!];
    expect(phases.filter(({ phase }) => phase === 'connecting').length).toBeLessThanOrEqual(1);
    expect(ada.peers[0]!.steps.filter((step) => step.startsWith('take'))).toHaveLength(1);
  });

  it('ends after a minute without an answer, and leaves word for devices that are away', async () => {
    bob.isOnline = false;
    await call(ada, bob);
    expect(ada.phase()).toBe('calling');
    await world.clock.advance(59_999);
    expect(ada.phase()).toBe('calling');
    await world.clock.advance(1);
    await world.settle();
    expect(ada.end()).toBe('no-answer');
    expect(ada.durable).toEqual(['hangup']);
  });

  it('is cancelled by the caller', async () => {
    await call(ada, bob);
    ada.manager.hangUp();
    await world.settle();
    expect([ada.end(), bob.end(), ada.durable]).toEqual(['cancelled', 'cancelled', ['hangup']]);
  });

  it('does not ring for ever when the caller has vanished', async () => {
    await call(ada, bob);
    ada.isOnline = false;
    await world.clock.advance(70_000);
    expect(bob.end()).toBe('no-answer');
  });

  it('says busy to a third one', async () => {
    await connect();
    const carol = world.device(CAROL, 1);
    await call(carol, bob);
    expect([carol.end(), bob.phase()]).toEqual(['busy', 'connected']);
  });

  it('leaves it to the tab that is in a call to say busy', async () => {
    bob.isBusyElsewhere = true;
    await call(ada, bob);
    expect(bob.views).toEqual([]);
    expect(ada.phase()).toBe('calling');
  });

  it('becomes one call when both call each other at once', async () => {
    await Promise.all([ada.manager.start(BOB, false), bob.manager.start(ADA, false)]);
    await world.settle();
    const current = [ada.manager.current!, bob.manager.current!];
    expect(current[0]!.id).toBe(current[1]!.id);
    expect(current.map(({ phase }) => phase)).toEqual(['connecting', 'connecting']);
    expect(current.map(({ isOutgoing }) => isOutgoing).toSorted()).toEqual([false, true]);
    expect([...ada.durable, ...bob.durable]).toEqual([]);
  });

  it('ends when there is no microphone, on either side', async () => {
    bob.hasMicrophone = false;
    await call(ada, bob);
    await bob.manager.accept();
    await world.settle();
    expect([ada.end(), bob.end()]).toEqual(['no-connection', 'no-media']);
    ada.hasMicrophone = false;
    await call(ada, bob);
    expect(ada.end()).toBe('no-media');
    expect(bob.views.filter(({ phase }) => phase === 'incoming')).toHaveLength(1);
  });

  it('ends when no way through the network is found', async () => {
    await call(ada, bob);
    await bob.manager.accept();
    await world.settle();
    await world.clock.advance(30_000);
    await world.settle();
    expect([ada.end(), bob.end()]).toEqual(['no-connection', 'no-connection']);
  });
});

describe('the network of a call', () => {
  it('brings candidates in order, also those that come before the answer', async () => {
    await ada.manager.start(BOB, false);
    ada.peers[0]!.handlers.onCandidate('a1');
    ada.peers[0]!.handlers.onCandidate('a2');
    await world.settle();
    await bob.manager.accept();
    bob.peers[0]!.handlers.onCandidate('bad');
    bob.peers[0]!.handlers.onCandidate('b1');
    await world.settle();
    expect(bob.peers[0]!.candidates).toEqual(['a1', 'a2']);
    expect(ada.peers[0]!.candidates).toEqual(['b1']);
  });

  it('sends what it could not send once there is a connection again', async () => {
    ada.isOnline = false;
    await call(ada, bob);
    expect(bob.views).toEqual([]);
    ada.isOnline = true;
    await world.clock.advance(1000);
    await world.settle();
    expect(bob.phase()).toBe('incoming');
  });

  it('looks for a new way when the connection is lost, and goes on', async () => {
    await connect();
    ada.peers[0]!.handlers.onState('disconnected');
    expect(ada.phase()).toBe('reconnecting');
    await world.clock.advance(2499);
    expect(ada.peers[0]!.steps).not.toContain('restart');
    await world.clock.advance(1);
    await world.settle();
    expect(ada.peers[0]!.steps).toContain('restart');
    expect(bob.peers[0]!.steps.at(-1)).toMatch(/^accept offer/);
    ada.peers[0]!.handlers.onState('connected');
    expect(ada.phase()).toBe('connected');
    await world.clock.advance(60_000);
    expect(ada.phase()).toBe('connected');
  });

  it('ends the call when it stays lost', async () => {
    await connect();
    ada.isOnline = false;
    ada.peers[0]!.handlers.onState('failed');
    bob.peers[0]!.handlers.onState('failed');
    await world.clock.advance(30_000);
    await world.settle();
    expect([ada.end(), bob.end()]).toEqual(['no-connection', 'no-connection']);
  });

  it('starts again at once when the device says that its network has changed', async () => {
    await connect();
    ada.manager.networkChanged();
    await world.settle();
    expect(ada.peers[0]!.steps).toContain('restart');
  });

  it('survives both sides starting again at once: the one who was called gives way', async () => {
    await connect();
    ada.manager.networkChanged();
    bob.manager.networkChanged();
    await world.settle();
    expect(bob.peers[0]!.steps.some((step) => step.startsWith('roll back'))).toBe(true);
    expect(ada.peers[0]!.steps.filter((step) => step.startsWith('take'))).not.toHaveLength(0);
    expect(ada.peers[0]!.steps.some((step) => step.startsWith('roll back'))).toBe(false);
  });
});

describe('strangers and latecomers', () => {
  it('cannot take part in a call of two others, whatever they know of it', async () => {
    const carol = world.device(CAROL, 1);
    await connect();
    const callId = Uint8Array.from(Buffer.from(ada.views[0]!.id, 'hex'));
    const bodies = [
      { $case: 'hangup' as const, value: { reason: 1 as const, answeredDevice: 0, video: false } },
      { $case: 'answer' as const, value: { sdp: 'evil' } },
      { $case: 'renegotiation' as const, value: { sdp: 'evil', answer: false } },
    ];
    const steps = [...ada.peers[0]!.steps];
    for (const body of bodies) {
      await ada.manager.receive({ from: CAROL, fromDevice: carol.id, call: { callId, destinationDevice: 0, body } });
    }
    expect(ada.phase()).toBe('connected');
    expect(ada.peers[0]!.steps).toEqual(steps);
  });

  it('do not make a call ring that is over', async () => {
    await call(ada, bob);
    const callId = Uint8Array.from(Buffer.from(ada.views[0]!.id, 'hex'));
    ada.manager.hangUp();
    await world.settle();
    const count = bob.views.length;
    const body = { $case: 'offer' as const, value: { sdp: 'late', video: false } };
    await bob.manager.receive({ from: ADA, fromDevice: 1, call: { callId, destinationDevice: 0, body } });
    expect(bob.views).toHaveLength(count);
  });

  it('are ignored with a call id of another length, and when another device is meant', async () => {
    const body = { $case: 'offer' as const, value: { sdp: 'x', video: false } };
    await bob.manager.receive({
      from: ADA,
      fromDevice: 1,
      call: { callId: new Uint8Array(15), destinationDevice: 0, body },
    });
    await bob.manager.receive({
      from: ADA,
      fromDevice: 1,
      call: { callId: new Uint8Array(16), destinationDevice: 2, body },
    });
    expect(bob.views).toEqual([]);
  });

  it('stop here when another tab has taken the call', async () => {
    await call(ada, bob);
    bob.manager.takenElsewhere(bob.views[0]!.id);
    expect(bob.end()).toBe('answered-elsewhere');
    expect(ada.phase()).toBe('ringing');
  });
});

describe('a changed identity key', () => {
  const callId = new Uint8Array(16).fill(9);
  const offer = { $case: 'offer' as const, value: { sdp: 'offer of a stranger', video: false } };
  const received = (isIdentityChanged: boolean, body: typeof offer | ReturnType<typeof hangup> = offer) => ({
    ...{ from: ADA, fromDevice: 1, isIdentityChanged },
    call: { callId, destinationDevice: 0, body },
  });
  const hangup = () => ({
    $case: 'hangup' as const,
    value: { reason: CallHangupReason.ENDED, answeredDevice: 0, video: false },
  });

  it('rings and says so, answers nothing and cannot be accepted before the key is', async () => {
    await bob.manager.receive(received(true));
    await world.settle();
    expect(bob.views.at(-1)).toMatchObject({ phase: 'incoming', isIdentityChanged: true });
    expect(world.delivered).toEqual([]);
    await bob.manager.accept();
    expect(bob.phase()).toBe('incoming');
    bob.manager.identityAccepted(CAROL);
    expect(bob.views.at(-1)!.isIdentityChanged).toBe(true);
    bob.manager.identityAccepted(ADA);
    // What waited for the key is read again.
    await bob.manager.receive(received(false));
    await bob.manager.accept();
    await world.settle();
    expect(bob.peers[0]!.steps).toEqual(['accept offer of a stranger']);
    expect(world.delivered).toEqual(['1/1 ringing', '1/1 answer']);
  });

  it('is told nothing when it is declined, and stops ringing when it gives up', async () => {
    await bob.manager.receive(received(true));
    bob.manager.decline();
    await world.settle();
    expect(bob.end()).toBe('declined');
    expect(world.delivered).toEqual([]);
    const other = world.device(CAROL, 1);
    await other.manager.receive(received(true));
    await other.manager.receive(received(true, hangup()));
    expect(other.end()).toBe('cancelled');
  });

  it('ends a call to it that nobody has heard of, and no other', async () => {
    await call(ada, bob);
    ada.manager.identityRefused(CAROL);
    expect(ada.phase()).toBe('ringing');
    ada.manager.identityRefused(BOB);
    expect(ada.end()).toBe('identity-changed');
    expect(ada.durable).toEqual([]);
  });
});

describe('a test call', () => {
  it('leaves no notice when it is not answered', async () => {
    await ada.manager.start(BOB, false, true);
    await world.settle();
    expect(ada.views.at(-1)).toMatchObject({ isEcho: true, phase: 'ringing' });
    await world.clock.advance(60_000);
    expect(ada.end()).toBe('no-answer');
    expect(ada.durable).toEqual([]);
  });
});
