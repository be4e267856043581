/** What an executable is made for. */
export const ARCHITECTURES = ['x64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** GNU's name of the machine. */
export const TRIPLES: Readonly<Record<Architecture, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

export const executableName = (arch: Architecture): string => `vant-linux-${arch}`;
