/** The icons of the web app, out of lucide-static: each as the one path that it is drawn with, so that no markup is parsed in
 * the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './run-program.ts';

const NAMES = [
  'archive',
  'arrow-down',
  'arrow-left',
  'at-sign',
  'ban',
  'bell',
  'bell-off',
  'bold',
  'calendar-search',
  'camera',
  'check',
  'check-check',
  'chevron-down',
  'chevron-right',
  'circle-alert',
  'circle-check',
  'circle-question-mark',
  'clock',
  'code',
  'copy',
  'crown',
  'database',
  'download',
  'ellipsis-vertical',
  'external-link',
  'eye',
  'eye-off',
  'fingerprint',
  'history',
  'image',
  'info',
  'italic',
  'key-round',
  'keyboard',
  'languages',
  'laptop',
  'link',
  'list-checks',
  'lock-keyhole',
  'log-out',
  'mail-open',
  'maximize-2',
  'menu',
  'message-circle',
  'mic',
  'mic-off',
  'minimize-2',
  'monitor',
  'moon',
  'palette',
  'pencil',
  'phone',
  'phone-incoming',
  'phone-missed',
  'phone-off',
  'phone-outgoing',
  'pin',
  'pin-off',
  'plus',
  'qr-code',
  'refresh-cw',
  'reply',
  'rotate-ccw',
  'screen-share',
  'screen-share-off',
  'search',
  'send-horizontal',
  'server',
  'settings',
  'share-2',
  'shield-alert',
  'shield-check',
  'signal-high',
  'signal-low',
  'signal-medium',
  'smartphone',
  'smile',
  'smile-plus',
  'square-pen',
  'strikethrough',
  'sun',
  'timer',
  'trash-2',
  'triangle-alert',
  'upload',
  'user',
  'user-minus',
  'user-plus',
  'users',
  'video',
  'video-off',
  'volume-2',
  'wifi-off',
  'x',
] as const;

export async function renderIcons(): Promise<string> {
  const lines = NAMES.map((name) => `'${name}': '${shapeOf(name)}',`);
  const text = `/** Made by scripts/render-icons.ts out of lucide-static (ISC licence): do not edit. */
export const ICON_SHAPES = {
${lines.join('\n')}
} as const;

export type IconName = keyof typeof ICON_SHAPES;
`;
  const options = await resolveConfig(join(ROOT, 'webui/components/icon-shapes.ts'));
  return format(text, { ...options, parser: 'typescript' });
}

function shapeOf(name: string): string {
  const svg = readFileSync(join(ROOT, 'node_modules/lucide-static/icons', `${name}.svg`), 'utf8');
  const elements = [...svg.matchAll(/<(path|circle|rect|line|polyline|polygon|ellipse)\s([^>]*?)\/>/g)];
  return elements.map(([, tag = '', attributes = '']) => toPath(tag, readAttributes(attributes))).join('');
}

const readAttributes = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));

function toPath(tag: string, attributes: Record<string, string>): string {
  const { d = '', points = '' } = attributes;
  const number = (name: string): number => Number(attributes[name] ?? 0);
  switch (tag) {
    case 'path':
      // A path after another one starts where it says, not where the other one ended.
      return d.replace(/^m/, 'M0 0m');
    case 'circle':
      return ellipse(number('cx'), number('cy'), number('r'), number('r'));
    case 'ellipse':
      return ellipse(number('cx'), number('cy'), number('rx'), number('ry'));
    case 'line':
      return `M${number('x1')} ${number('y1')}L${number('x2')} ${number('y2')}`;
    case 'polyline':
      return `M${points}`;
    case 'polygon':
      return `M${points}z`;
    case 'rect':
      return rectangle(number('x'), number('y'), number('width'), number('height'), number('rx'));
    default:
      throw new Error(`An icon is drawn with <${tag}>: teach scripts/render-icons.ts how to make a path of it.`);
  }
}

const ellipse = (x: number, y: number, rx: number, ry: number): string =>
  `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;

function rectangle(x: number, y: number, width: number, height: number, r: number): string {
  const corner = (dx: number, dy: number): string => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${x + r} ${y}h${width - 2 * r}${corner(r, r)}v${height - 2 * r}${corner(-r, r)}h${2 * r - width}${corner(-r, -r)}v${2 * r - height}${corner(r, -r)}z`;
}
