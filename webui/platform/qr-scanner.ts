/** Reads QR codes with the camera, where the browser can (Barcode Detection API). */

interface BarcodeDetector {
  detect(source: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]>;
}

interface BarcodeDetectorClass {
  new (options: { formats: string[] }): BarcodeDetector;
  getSupportedFormats(): Promise<readonly string[]>;
}

const INTERVAL_MS = 200;

const detectorClass = (): BarcodeDetectorClass | undefined =>
  (globalThis as { BarcodeDetector?: BarcodeDetectorClass }).BarcodeDetector;

/** Whether a code can be scanned here: else it has to be pasted or compared by eye. */
export async function canScan(): Promise<boolean> {
  const formats = await detectorClass()
    ?.getSupportedFormats()
    .catch((): readonly string[] => []);
  if (formats?.includes('qr_code') !== true) return false;
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.some(({ kind }) => kind === 'videoinput');
}

/** Shows the camera in `video` and calls with every code that it sees, until `signal` aborts.
 * @throws DOMException NotAllowedError when the person does not let the page have the camera */
export async function scanCodes(
  video: HTMLVideoElement,
  onCode: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const Detector = detectorClass();
  if (Detector === undefined) throw new Error('This browser reads no QR codes.');
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const stop = (): void => stream.getTracks().forEach((track) => track.stop());
  signal.addEventListener('abort', stop);
  if (signal.aborted) {
    stop();
    return;
  }
  video.srcObject = stream;
  await video.play();
  const detector = new Detector({ formats: ['qr_code'] });
  const look = async (): Promise<void> => {
    if (signal.aborted) return;
    const codes = await detector.detect(video).catch(() => []);
    for (const { rawValue } of codes) onCode(rawValue);
    setTimeout(() => void look(), INTERVAL_MS);
  };
  await look();
}
