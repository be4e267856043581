/** Microphone, camera and screen, and which of them the person has chosen in this browser. */

const CHOICES_KEY = 'vant-media-devices';

/** Ids of devices; absent means the browser's own choice. */
export interface MediaChoices {
  readonly microphone?: string;
  readonly speaker?: string;
  readonly camera?: string;
}

export function loadChoices(): MediaChoices {
  try {
    return JSON.parse(localStorage.getItem(CHOICES_KEY) ?? '{}') as MediaChoices;
  } catch {
    return {};
  }
}

export function saveChoices(choices: MediaChoices): void {
  localStorage.setItem(CHOICES_KEY, JSON.stringify(choices));
}

/** @throws DOMException NotAllowedError, NotFoundError, NotReadableError */
export async function openMicrophone(deviceId: string | undefined): Promise<MediaStreamTrack> {
  // `ideal`, not `exact`: a headset that was unplugged must not make calls impossible.
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...prefer(deviceId) };
  return firstTrack(await navigator.mediaDevices.getUserMedia({ audio }));
}

export async function openCamera(deviceId: string | undefined): Promise<MediaStreamTrack> {
  const video = { width: { ideal: 1280 }, height: { ideal: 720 }, ...prefer(deviceId) };
  return firstTrack(await navigator.mediaDevices.getUserMedia({ video }));
}

export async function openScreen(): Promise<MediaStreamTrack> {
  return firstTrack(await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } } }));
}

/** With names only after the person has allowed a device once. */
export async function listDevices(kind: MediaDeviceKind): Promise<MediaDeviceInfo[]> {
  return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === kind);
}

const prefer = (deviceId: string | undefined): MediaTrackConstraints =>
  deviceId === undefined ? {} : { deviceId: { ideal: deviceId } };

function firstTrack(stream: MediaStream): MediaStreamTrack {
  const [track] = stream.getTracks();
  if (track === undefined) throw new DOMException('There is no such device.', 'NotFoundError');
  return track;
}
