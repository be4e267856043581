/** A name server in which every name leads to one machine, by default this one, except those that are said to be unknown. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { findFreePort } from '../free-port.ts';

const TYPE_A = 1;
const NAME_ERROR = 3;

export interface TestDns {
  readonly port: number;
  readonly unknown: Set<string>;
  close(): void;
}

/** @param address IPv4 */
export async function startDns(address = '127.0.0.1'): Promise<TestDns> {
  const unknown = new Set<string>();
  const socket = createSocket('udp4');
  const reply = (query: Buffer) => answer(query, unknown, address);
  socket.on('message', (query, from) => socket.send(reply(query), from.port, from.address));
  const port = await findFreePort();
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  // Over TCP, which pebble prefers, a length stands before each message.
  const server = createServer((stream) => {
    stream.on('error', () => stream.destroy());
    stream.on('data', (query) => {
      const message = reply(query.subarray(2));
      stream.write(Buffer.concat([Buffer.of(message.length >> 8, message.length & 0xff), message]));
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    socket.close();
    server.close();
  };
  return { port, unknown, close };
}

/** RFC 1035, section 4. */
function answer(query: Buffer, unknown: ReadonlySet<string>, address: string): Buffer {
  const { name, end } = readName(query, 12);
  const question = query.subarray(12, end + 4);
  const type = query.readUInt16BE(end);
  const isUnknown = unknown.has(name.toLowerCase());
  const hasAddress = type === TYPE_A && !isUnknown;
  const header = Buffer.alloc(12);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(0x8180 | (isUnknown ? NAME_ERROR : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(hasAddress ? 1 : 0, 6);
  // The name of the question, type A, class IN, an hour, four bytes.
  const record = Buffer.concat([
    Buffer.from('c00c00010001000000000004', 'hex'),
    Buffer.from(address.split('.').map(Number)),
  ]);
  return Buffer.concat([header, question, ...(hasAddress ? [record] : [])]);
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}
