/** The least that passes a message on: from one WebSocket to another, and nothing kept. What `ws` itself can do. */
import { encodeAccepted, encodeDelivery } from './bare-frames.ts';
import { BareServer } from './bare-server.ts';

const server: BareServer = new BareServer((from, frame) => {
  if (frame.kind === 'ack') return;
  const to = server.find(frame.recipient);
  to?.socket.send(encodeDelivery(to.nextDeliveryId++, frame.content));
  from.socket.send(encodeAccepted(frame.requestId));
});
