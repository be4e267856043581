/** PNG with fewer colours and the best compression that zlib has: pages of an app need no more than 256 colours. */
import { writeFile } from 'node:fs/promises';
import { constants, crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_COLORS = 256;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes each, row by row. */
  readonly pixels: Uint8Array;
}

export async function compressPng(png: Uint8Array, file: string): Promise<void> {
  await writeFile(file, encode(decode(Buffer.from(png))));
}

/** What Chromium writes: 8 bits, RGB or RGBA, not interlaced (PNG, second edition, 11.2.2 and 9). */
function decode(png: Buffer): Picture {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  const data: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(data));
  return { width, height, pixels: unfilter(raw, width, height, channels) };
}

function unfilter(raw: Buffer, width: number, height: number, channels: number): Uint8Array {
  const stride = width * channels;
  const lines = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const value = raw[y * (stride + 1) + 1 + x] ?? 0;
      const left = x >= channels ? (lines[y * stride + x - channels] ?? 0) : 0;
      const up = y > 0 ? (lines[(y - 1) * stride + x] ?? 0) : 0;
      const corner = x >= channels && y > 0 ? (lines[(y - 1) * stride + x - channels] ?? 0) : 0;
      lines[y * stride + x] = value + predict(filter, left, up, corner);
    }
  }
  if (channels === 3) return lines;
  return lines.filter((_byte, index) => index % 4 !== 3);
}

function predict(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default:
      return 0;
  }
}

function encode({ width, height, pixels }: Picture): Buffer {
  const palette = choosePalette(pixels);
  const nearest = createNearest(palette);
  const raw = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) raw[y * (width + 1) + 1 + x] = nearest(colorAt(pixels, y * width + x));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  const packed = deflateSync(raw, { level: 9, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', colors), chunk('IDAT', packed), chunk('IEND')]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

const colorAt = (pixels: Uint8Array, index: number): number =>
  ((pixels[3 * index] ?? 0) << 16) | ((pixels[3 * index + 1] ?? 0) << 8) | (pixels[3 * index + 2] ?? 0);

/** The most frequent colours, and of the rest those that are farthest from what is chosen already. */
function choosePalette(pixels: Uint8Array): number[] {
  const counts = new Map<number, number>();
  for (let index = 0; index < pixels.length / 3; index++) {
    const color = colorAt(pixels, index);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  const chosen = byCount.slice(0, MAX_COLORS / 2);
  const rest = byCount.slice(MAX_COLORS / 2, 4000);
  const distances = rest.map((color) => Math.min(...chosen.map((each) => distance(color, each))));
  while (chosen.length < Math.min(MAX_COLORS, byCount.length)) {
    const next = distances.indexOf(Math.max(...distances));
    const color = rest[next];
    if (color === undefined || distances[next] === 0) break;
    chosen.push(color);
    for (const [index, other] of rest.entries())
      distances[index] = Math.min(distances[index] ?? 0, distance(other, color));
  }
  return chosen;
}

function distance(a: number, b: number): number {
  const red = (a >> 16) - (b >> 16);
  const green = ((a >> 8) & 255) - ((b >> 8) & 255);
  const blue = (a & 255) - (b & 255);
  return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

/** Remembers what it has found: a page has few colours many times. */
function createNearest(palette: readonly number[]): (color: number) => number {
  const known = new Map(palette.map((color, index) => [color, index]));
  return (color) => {
    const found = known.get(color);
    if (found !== undefined) return found;
    let best = 0;
    for (const [index, each] of palette.entries())
      if (distance(each, color) < distance(palette[best] ?? 0, color)) best = index;
    known.set(color, best);
    return best;
  };
}
