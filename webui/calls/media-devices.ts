/** Microphone, camera and screen, and what the person has chosen for calls in this browser. */

const SETTINGS_KEY = 'vant-calls';

/** Ids of devices; absent means the browser's own choice. */
export interface CallSettings {
  readonly microphone?: string;
  readonly speaker?: string;
  readonly camera?: string;
  /** Only through the relay: the other side does not see this device's address. */
  readonly isAlwaysRelayed?: boolean;
}

export function loadSettings(): CallSettings {
  try {
    return JSON.parse(localStorage.getItem(SETTINGS_KEY) ?? '{}') as CallSettings;
  } catch {
    return {};
  }
}

export function saveSettings(settings: CallSettings): void {
  localStorage.setItem(SETTINGS_KEY, JSON.stringify(settings));
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
