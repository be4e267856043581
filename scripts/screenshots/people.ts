/** Who is in the pictures: invented people, with portraits drawn by a canvas. */
import type { Page } from 'playwright-core';

export interface Person {
  readonly name: string;
  readonly about: string;
  readonly ground: string;
  readonly skin: string;
  readonly hair: string;
  readonly clothes: string;
  readonly hairStyle: 'long' | 'short' | 'bun';
}

export const PEOPLE = [
  {
    name: 'Ada Lindqvist',
    about: 'Runs the workshop',
    ground: '#f3c7a2',
    skin: '#f0c9a8',
    hair: '#7a3b1d',
    clothes: '#0b6b70',
    hairStyle: 'long',
  },
  {
    name: 'Ben Okafor',
    about: 'Frames and paint',
    ground: '#b9d8c8',
    skin: '#8a5a3c',
    hair: '#1f1713',
    clothes: '#c8553d',
    hairStyle: 'short',
  },
  {
    name: 'Chiara Rossi',
    about: 'Customers, Tuesday to Friday',
    ground: '#d6c9ee',
    skin: '#e6b78f',
    hair: '#2b2230',
    clothes: '#e0a526',
    hairStyle: 'bun',
  },
  {
    name: 'Mikkel Dahl',
    about: 'Wheels, and the website',
    ground: '#bcd6ee',
    skin: '#f2d0b5',
    hair: '#c9a15a',
    clothes: '#37517e',
    hairStyle: 'short',
  },
] as const satisfies readonly Person[];

/** PNG, 320 px. */
export async function drawPicture(page: Page, person: Person): Promise<Uint8Array> {
  const url = await page.evaluate((look) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 320;
    const pen = canvas.getContext('2d');
    if (pen === null) return '';
    const fill = (color: string, draw: () => void): void => {
      pen.fillStyle = color;
      pen.beginPath();
      draw();
      pen.fill();
    };
    const oval = (x: number, y: number, width: number, height: number) => (): void =>
      pen.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
    fill(look.ground, () => pen.rect(0, 0, 320, 320));
    if (look.hairStyle === 'long') fill(look.hair, () => pen.roundRect(84, 70, 152, 190, 76));
    if (look.hairStyle === 'bun') fill(look.hair, oval(160, 58, 34, 32));
    fill(look.clothes, () => pen.roundRect(62, 236, 196, 140, 70));
    fill(look.skin, () => pen.roundRect(138, 190, 44, 70, 22));
    fill(look.skin, oval(160, 150, 62, 72));
    fill(look.hair, () => {
      pen.ellipse(160, 122, 66, 58, 0, Math.PI, 0);
      pen.quadraticCurveTo(206, 116, 150, 108);
      pen.quadraticCurveTo(112, 112, 94, 142);
    });
    fill('#2a2320', oval(138, 154, 5.5, 7));
    fill('#2a2320', oval(182, 154, 5.5, 7));
    pen.strokeStyle = '#2a2320';
    pen.lineWidth = 5;
    pen.lineCap = 'round';
    pen.beginPath();
    pen.arc(160, 172, 22, 0.25 * Math.PI, 0.75 * Math.PI);
    pen.stroke();
    return canvas.toDataURL('image/png');
  }, person);
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
