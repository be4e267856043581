/** The files of one version of the web app, as the build writes them. */
export interface ShellManifest {
  /** The hash of the bundle, in hex: SHA-256 of the sorted lines "path sha256", the service worker as it was without this. */
  readonly hash: string;
  /** From the path ("/index.html") to the SHA-256 of the file, in base64. */
  readonly files: Readonly<Record<string, string>>;
}
