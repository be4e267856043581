/** What the server says about itself to everybody. */
import type { ServerInfo } from '../../wire/schemas.ts';

export async function fetchServerInfo(): Promise<Pick<ServerInfo, 'version' | 'protocolVersion'>> {
  const response = await fetch('/v1/server', { cache: 'no-store', credentials: 'omit' });
  return (await response.json()) as ServerInfo;
}
