/** Makes a small square picture of a photo: it travels inside an encrypted profile, which has a limit. */

export interface AvatarImage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** Which part of the photo: its centre, in shares of width and height, and how much larger than needed to fill the square. */
export interface Crop {
  readonly centerX: number;
  readonly centerY: number;
  readonly zoom: number;
}

const SIDE_PX = 256;
/** Two of these fit into a profile (MAX_PROFILE_BYTES): the member's and the team's. */
const MAX_BYTES = 40 * 1024;
const QUALITIES = [0.85, 0.7, 0.5, 0.3];

/** @throws DOMException when the browser cannot read the file as a picture */
export const openPhoto = (file: Blob): Promise<ImageBitmap> =>
  createImageBitmap(file, { imageOrientation: 'from-image' });

export async function makeAvatar(photo: ImageBitmap, crop: Crop): Promise<AvatarImage> {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE_PX;
  drawCrop(canvas, photo, crop);
  for (const quality of QUALITIES) {
    const blob = await toBlob(canvas, quality);
    if (blob.size <= MAX_BYTES || quality === QUALITIES.at(-1))
      return { bytes: new Uint8Array(await blob.arrayBuffer()), contentType: blob.type };
  }
  throw new Error('A list of qualities is never empty.');
}

/** Fills the canvas with the chosen part. */
export function drawCrop(canvas: HTMLCanvasElement, photo: ImageBitmap, crop: Crop): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { x, y, side } = cropSquare(photo, crop);
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(photo, x, y, side, side, 0, 0, canvas.width, canvas.height);
}

/** The square of the photo in its own pixels, moved so that it lies inside. */
export function cropSquare(
  photo: { readonly width: number; readonly height: number },
  { centerX, centerY, zoom }: Crop,
): { x: number; y: number; side: number } {
  const side = Math.min(photo.width, photo.height) / Math.max(1, zoom);
  const start = (center: number, length: number): number =>
    Math.min(Math.max(0, center * length - side / 2), length - side);
  return { x: start(centerX, photo.width), y: start(centerY, photo.height), side };
}

/** A browser that writes no WebP gives PNG, which is large: then JPEG. */
async function toBlob(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  const encode = (type: string): Promise<Blob> =>
    new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob === null ? reject(new Error('The picture could not be made.')) : resolve(blob)),
        type,
        quality,
      ),
    );
  const webp = await encode('image/webp');
  return webp.type === 'image/webp' ? webp : encode('image/jpeg');
}
