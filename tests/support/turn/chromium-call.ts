/** Calls between two pages' worth of RTCPeerConnection in a real Chromium, with its fake microphone. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { makeTemporaryDirectory, removeDirectory } from '../appliance.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

export interface CallRequest {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
  /** The call is good when each side has received this many packets. */
  readonly packets: number;
}

export interface CallResult {
  /** Of both sides. */
  readonly candidateTypes: string[];
  readonly relayProtocols: string[];
  readonly packetsReceived: number[];
  readonly packetsLost: number[];
}

export interface Browser {
  call(request: CallRequest): Promise<CallResult>;
  close(): Promise<void>;
}

/** @param flags such as which certificate to trust */
export async function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const directory = await makeTemporaryDirectory();
  // Microphones are for secure contexts only, and this machine is one.
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>call</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const context: BrowserContext = await chromium.launchPersistentContext(directory, {
    executablePath: process.env['VANT_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [...ARGUMENTS, ...flags],
  });
  const page: Page = context.pages()[0] ?? (await context.newPage());
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    call: (request) => page.evaluate(`(${CALL})(${JSON.stringify(request)})`),
    async close() {
      await context.close();
      server.close();
      await removeDirectory(directory);
    },
  };
}

/** Runs in the page, and so is text: these tests are not compiled for a browser. */
const CALL = `async ({ urls, username, credential, packets }) => {
  const configuration = { iceTransportPolicy: 'relay', iceServers: [{ urls, username, credential }] };
  const [a, b] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  const errors = [];
  for (const [from, to] of [[a, b], [b, a]]) {
    from.onicecandidate = ({ candidate }) => candidate && to.addIceCandidate(candidate);
    from.onicecandidateerror = ({ errorCode, errorText, url }) => errors.push(errorCode + ' ' + errorText + ' ' + url);
  }
  const media = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const peer of [a, b]) for (const track of media.getTracks()) peer.addTrack(track, media);
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  const read = async (peer) => {
    const reports = [...(await peer.getStats()).values()];
    const byId = Object.fromEntries(reports.map((report) => [report.id, report]));
    const pair = byId[reports.find(({ type }) => type === 'transport')?.selectedCandidatePairId];
    const audio = reports.find(({ type }) => type === 'inbound-rtp');
    const [local, remote] = [byId[pair?.localCandidateId], byId[pair?.remoteCandidateId]];
    return { types: [local?.candidateType, remote?.candidateType], protocol: local?.relayProtocol, audio };
  };
  const deadline = performance.now() + 30_000;
  for (;;) {
    const sides = await Promise.all([read(a), read(b)]);
    if (sides.every(({ audio }) => audio?.packetsReceived >= packets)) {
      a.close();
      b.close();
      media.getTracks().forEach((track) => track.stop());
      return {
        candidateTypes: sides.flatMap(({ types }) => types),
        relayProtocols: sides.map(({ protocol }) => protocol),
        packetsReceived: sides.map(({ audio }) => audio.packetsReceived),
        packetsLost: sides.map(({ audio }) => audio.packetsLost),
      };
    }
    if (performance.now() > deadline) throw new Error('no call: ' + a.iceConnectionState + '; ' + errors.join('; '));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}`;
