/** What this device is called until somebody gives it a name: "Firefox on Linux". */

interface UserAgentData {
  readonly brands: readonly { readonly brand: string }[];
  readonly platform: string;
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg/, 'Edge'],
  [/OPR|Opera/, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrom|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/CrOS|Chrome OS|Chromium OS/, 'ChromeOS'],
  [/Mac/, 'Mac'],
  [/Win/, 'Windows'],
  [/Linux/, 'Linux'],
];

/** Names of products, the same in all languages. */
export function describeDevice(userAgent = readUserAgent()): string {
  const find = (table: readonly (readonly [RegExp, string])[]): string | undefined =>
    table.find(([pattern]) => pattern.test(userAgent))?.[1];
  return [find(BROWSERS), find(SYSTEMS)].filter((part) => part !== undefined).join(' · ') || 'Browser';
}

function readUserAgent(): string {
  const data = (navigator as { userAgentData?: UserAgentData }).userAgentData;
  const brands = data?.brands.map(({ brand }) => brand).join(' ') ?? '';
  return `${brands} ${data?.platform ?? ''} ${navigator.userAgent}`;
}
