/** A tone that a browser's microphone "hears", and what comes out of the other end. */
import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

const SAMPLE_RATE = 48_000;
const SECONDS = 4;
const AMPLITUDE = 12_000;
/** Short notes, as in speech: what is always the same, noise suppression takes for noise. */
const NOTE_SECONDS = 0.3;
const PAUSE_SECONDS = 0.2;

/** Chromium's arguments for a microphone that plays this file, and for a camera that shows a test picture. */
export const fakeMedia = (audioFile: string): readonly string[] => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  `--use-file-for-fake-audio-capture=${audioFile}`,
];

/** RIFF/WAVE, PCM, 16 bit, one channel. */
export async function writeTone(file: string, hz: number): Promise<void> {
  const count = SAMPLE_RATE * SECONDS;
  const wave = Buffer.alloc(44 + count * 2);
  wave.write('RIFF', 0);
  wave.writeUInt32LE(36 + count * 2, 4);
  wave.write('WAVEfmt ', 8);
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(1, 20);
  wave.writeUInt16LE(1, 22);
  wave.writeUInt32LE(SAMPLE_RATE, 24);
  wave.writeUInt32LE(SAMPLE_RATE * 2, 28);
  wave.writeUInt16LE(2, 32);
  wave.writeUInt16LE(16, 34);
  wave.write('data', 36);
  wave.writeUInt32LE(count * 2, 40);
  for (let index = 0; index < count; index++) {
    const seconds = index / SAMPLE_RATE;
    const isSounding = seconds % (NOTE_SECONDS + PAUSE_SECONDS) < NOTE_SECONDS;
    const sample = isSounding ? Math.round(Math.sin(2 * Math.PI * hz * seconds) * AMPLITUDE) : 0;
    wave.writeInt16LE(sample, 44 + index * 2);
  }
  await writeFile(file, wave);
}

/** Waits until nothing has been heard for longer than the pauses between notes. @throws Error after the deadline */
export async function untilSilent(page: Page, deadlineMs: number): Promise<void> {
  await page.evaluate(
    async ({ deadline, quietMs }) => {
      const findAudio = (root: Document | ShadowRoot): HTMLAudioElement | undefined => {
        for (const element of root.querySelectorAll('*')) {
          if (element instanceof HTMLAudioElement && element.srcObject !== null) return element;
          const inside = element.shadowRoot === null ? undefined : findAudio(element.shadowRoot);
          if (inside !== undefined) return inside;
        }
        return undefined;
      };
      const context = new AudioContext();
      const analyser = new AnalyserNode(context, { fftSize: 8192 });
      new MediaStreamAudioSourceNode(context, { mediaStream: findAudio(document)!.srcObject as MediaStream }).connect(
        analyser,
      );
      const spectrum = new Float32Array(analyser.frequencyBinCount);
      const end = Date.now() + deadline;
      let quietSince = Date.now();
      while (Date.now() - quietSince < quietMs) {
        if (Date.now() > end) throw new Error('it does not become silent');
        await new Promise((resolve) => setTimeout(resolve, 50));
        analyser.getFloatFrequencyData(spectrum);
        if (Math.max(...spectrum) > -70) quietSince = Date.now();
      }
      await context.close();
    },
    { deadline: deadlineMs, quietMs: 1500 },
  );
}

/** Waits until the call's sound is mostly a tone of this frequency; gives the frequency that was heard last otherwise. */
export async function listenFor(page: Page, hz: number, deadlineMs: number): Promise<number> {
  return page.evaluate(
    async ({ wanted, deadline }) => {
      const findAudio = (root: Document | ShadowRoot): HTMLAudioElement | undefined => {
        for (const element of root.querySelectorAll('*')) {
          if (element instanceof HTMLAudioElement && element.srcObject !== null) return element;
          const inside = element.shadowRoot === null ? undefined : findAudio(element.shadowRoot);
          if (inside !== undefined) return inside;
        }
        return undefined;
      };
      const end = Date.now() + deadline;
      let heard = 0;
      while (Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const stream = findAudio(document)?.srcObject;
        if (!(stream instanceof MediaStream)) continue;
        const context = new AudioContext();
        const analyser = new AnalyserNode(context, { fftSize: 8192 });
        new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
        const spectrum = new Float32Array(analyser.frequencyBinCount);
        for (let look = 0; look < 20 && Date.now() < end; look++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          analyser.getFloatFrequencyData(spectrum);
          const loudest = spectrum.indexOf(Math.max(...spectrum));
          // Silence has a loudest part, too.
          if ((spectrum[loudest] ?? -200) < -70) continue;
          heard = (loudest * context.sampleRate) / analyser.fftSize;
          if (Math.abs(heard - wanted) < 15) break;
        }
        await context.close();
        if (Math.abs(heard - wanted) < 15) break;
      }
      return heard;
    },
    { wanted: hz, deadline: deadlineMs },
  );
}
