/** Tones of a call, made here: no file to load, nothing that could be missing. */

/** [frequency in Hz, start, length] in seconds, and the length of one round. */
interface Pattern {
  readonly notes: readonly (readonly [hz: number, start: number, length: number])[];
  readonly roundSeconds: number;
}

/** What the caller hears: the tone of European networks (ETSI TR 101 041-2). */
const RINGING: Pattern = { notes: [[425, 0, 1]], roundSeconds: 4 };
/** What the one hears who is called. */
const INCOMING: Pattern = {
  notes: [
    [659, 0, 0.16],
    [784, 0.18, 0.16],
    [988, 0.36, 0.34],
    [659, 0.9, 0.16],
    [784, 1.08, 0.16],
    [988, 1.26, 0.34],
  ],
  roundSeconds: 3.2,
};

const VOLUME = 0.15;
/** Without a soft start and end a tone clicks. */
const EDGE_SECONDS = 0.02;

/** Sounds until the function is called that it gives. Silent where the browser allows no sound before a click. */
export function playTone(kind: 'ringing' | 'incoming'): () => void {
  const pattern = kind === 'ringing' ? RINGING : INCOMING;
  const context = new AudioContext();
  const playRound = (): void => {
    for (const [hz, start, length] of pattern.notes) playNote(context, hz, context.currentTime + start, length);
  };
  playRound();
  const timer = setInterval(playRound, pattern.roundSeconds * 1000);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

function playNote(context: AudioContext, hz: number, start: number, length: number): void {
  const oscillator = new OscillatorNode(context, { frequency: hz, type: 'sine' });
  const gain = new GainNode(context, { gain: 0 });
  oscillator.connect(gain).connect(context.destination);
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(VOLUME, start + EDGE_SECONDS);
  gain.gain.setValueAtTime(VOLUME, start + length - EDGE_SECONDS);
  gain.gain.linearRampToValueAtTime(0, start + length);
  oscillator.start(start);
  oscillator.stop(start + length);
}
