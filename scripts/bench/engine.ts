/** The engine in Node, in Chromium, and libsignal's native library, side by side; and the size of the bundle.
 * node scripts/bench/engine.ts [--node-only] */
import * as native from '@signalapp/libsignal-client';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import * as ours from '../../e2ee/index.ts';
import { bundleForBrowsers } from '../bundle-for-browsers.ts';
import { type Engine, type Figures, measure } from './engine-workloads.ts';

const CHROMIUM = process.env['VANT_CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const GOALS: Figures = {
  'bundle and first encrypt': 4,
  'ping-pong, per message': 1,
  'one-way burst, per message': 0.2,
  'one-way burst, sessions cached': 0.2,
  '2,000 skipped: state, bytes': 150_000,
  '2,000 skipped: load': 10,
};
const BUNDLE_GOAL_BYTES = 40 * 1024;

/** On loopback, which is a secure context: only there is WebCrypto whole. */
async function measureInChromium(script: string): Promise<Figures> {
  const page = `<!doctype html><meta charset="utf-8"><script type="module">${script.replaceAll('</script', '<\\/script')}</script>`;
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await tab.evaluate('measureEngine()');
  } finally {
    await browser.close();
    server.close();
  }
}

function print(columns: Record<string, Figures>): void {
  const names = Object.keys(columns['Node, ours'] ?? {});
  const cell = (value: number | undefined): string => {
    if (value === undefined) return '';
    return value >= 1000 ? String(value) : value.toFixed(3);
  };
  console.log(['ms'.padEnd(30), ...Object.keys(columns), 'goal (Chromium)'].join(' | '));
  for (const name of names) {
    const cells = Object.entries(columns).map(([title, figures]) => cell(figures[name]).padStart(title.length));
    console.log([name.padEnd(30), ...cells, cell(GOALS[name])].join(' | '));
  }
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`);
const columns: Record<string, Figures> = {
  'Node, ours': await measure(ours),
  'Node, native': await measure(native as unknown as Engine),
};
if (!process.argv.includes('--node-only')) {
  columns['Chromium, ours'] = await measureInChromium(await bundleForBrowsers('scripts/bench/engine-browser-entry.ts'));
}
print(columns);
const code = await bundleForBrowsers('e2ee/index.ts');
const zipped = gzipSync(code, { level: 9 }).length;
console.log(`whole engine: ${code.length} bytes, ${zipped} bytes with gzip (goal ${BUNDLE_GOAL_BYTES})`);
