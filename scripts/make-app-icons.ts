/** Draws webui/public/icon.svg as the PNG files that phones want: `npm run app-icons`, after the drawing has changed. The maskable
 * one has no round corners, and keeps what matters inside the circle that every launcher leaves (W3C Manifest, "safe zone"). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './run-program.ts';

const PUBLIC = join(ROOT, 'webui', 'public');
const drawing = readFileSync(join(PUBLIC, 'icon.svg'), 'utf8');
const square = drawing.replace(/ rx="\d+"/, '');
const ICONS = [
  { file: 'icon-192.png', side: 192, svg: drawing },
  { file: 'icon-512.png', side: 512, svg: drawing },
  { file: 'icon-maskable-512.png', side: 512, svg: square },
  // iOS rounds the corners itself.
  { file: 'apple-touch-icon.png', side: 180, svg: square },
];

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const { file, side, svg } of ICONS) {
    const page = await browser.newPage({ viewport: { width: side, height: side } });
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${side}px}</style>${svg}`);
    writeFileSync(join(PUBLIC, file), await page.screenshot({ omitBackground: true }));
    await page.close();
    console.log(file);
  }
} finally {
  await browser.close();
}
