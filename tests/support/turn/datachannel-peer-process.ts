/** One side of a WebRTC data channel by libdatachannel, as a process of its own: `node … HOST PORT USERNAME PASSWORD (offer|answer)`.
 * Signals and results are JSON lines on the standard streams. The offering side sends texts and gets them back. */
import { createInterface } from 'node:readline';
import { PeerConnection, type DataChannel, type DescriptionType } from 'node-datachannel';

export type PeerLine =
  | { readonly type: 'description'; readonly sdp: string; readonly kind: string }
  | { readonly type: 'candidate'; readonly candidate: string; readonly mid: string }
  | { readonly type: 'result'; readonly echoes: number; readonly pair: string };

const COUNT = 250;
const [hostname = '', port = '', username = '', password = '', role = ''] = process.argv.slice(2);
const say = (line: PeerLine): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

const peer = new PeerConnection(role, {
  iceServers: [{ hostname, port: Number(port), username, password, relayType: 'TurnUdp' }],
  iceTransportPolicy: 'relay',
});
peer.onLocalDescription((sdp, kind) => say({ type: 'description', sdp, kind }));
peer.onLocalCandidate((candidate, mid) => say({ type: 'candidate', candidate, mid }));

let echoes = 0;
function offer(channel: DataChannel): void {
  channel.onOpen(() => {
    for (let number = 0; number < COUNT; number++) channel.sendMessage(`message ${number}`);
  });
  channel.onMessage(() => {
    if (++echoes === COUNT) {
      const pair = peer.getSelectedCandidatePair();
      say({ type: 'result', echoes, pair: `${pair?.local.type ?? ''} ${pair?.remote.type ?? ''}` });
    }
  });
}

if (role === 'offer') offer(peer.createDataChannel('echo'));
else peer.onDataChannel((channel) => channel.onMessage((text) => channel.sendMessage(text as string)));

createInterface({ input: process.stdin }).on('line', (text) => {
  const line = JSON.parse(text) as PeerLine;
  if (line.type === 'description') peer.setRemoteDescription(line.sdp, line.kind as DescriptionType);
  else if (line.type === 'candidate') peer.addRemoteCandidate(line.candidate, line.mid);
});
