/** Attachments over HTTP: bytes in, bytes out, never more of them in memory than a stream holds. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VantError } from '../../wire/errors.ts';
import { BINARY_ROUTES } from '../../wire/routes.ts';
import type { Attachments } from '../attachments/attachments.ts';
import { parseByteRange, type ByteRange } from './byte-range.ts';
import { noActor } from './handlers.ts';

const OCTETS = 'application/octet-stream';
/** Nobody but the recipient knows what it is; a browser must not guess, nor show it as a page of this server. */
const HEADERS = {
  'content-type': OCTETS,
  'content-disposition': 'attachment',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'accept-ranges': 'bytes',
  'cache-control': 'no-store',
} as const;

type Authorize = (request: FastifyRequest) => Promise<void>;

/** In a scope of its own: bodies of other routes are never taken as streams. */
export function addAttachmentRoutes(server: FastifyInstance, attachments: Attachments, authorize: Authorize): void {
  const { uploadAttachment, downloadAttachment } = BINARY_ROUTES;
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(OCTETS, (_request, payload, done) => done(null, payload));
    scope.route({
      method: uploadAttachment.method,
      url: uploadAttachment.path,
      // The body is read by the handler, as slowly as the line is.
      config: { isUpload: true },
      onRequest: authorize,
      handler: async (request, reply) => {
        try {
          const stored = await attachments.upload(request.actor ?? noActor(), toSource(request), toLength(request));
          return await reply.header('cache-control', 'no-store').send(stored);
        } catch (error) {
          // What has not been read of the body would be taken for the next request.
          reply.header('connection', 'close');
          throw error;
        }
      },
    });
    scope.route<{ Params: { attachmentId: string } }>({
      method: downloadAttachment.method,
      url: downloadAttachment.path,
      schema: { params: downloadAttachment.params },
      onRequest: authorize,
      handler: async (request, reply) => sendFile(attachments, request, reply),
    });
  });
}

async function sendFile(
  attachments: Attachments,
  request: FastifyRequest<{ Params: { attachmentId: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const file = await attachments.open(request.params.attachmentId);
  let range: ByteRange | undefined;
  try {
    range = parseByteRange(request.headers.range, file.bytes);
  } catch (error) {
    await file.close();
    reply.header('content-range', `bytes */${file.bytes}`);
    throw error;
  }
  const { start, end } = range ?? { start: 0, end: file.bytes - 1 };
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${start}-${end}/${file.bytes}`);
  return reply.headers({ ...HEADERS, 'content-length': end - start + 1 }).send(file.read(start, end));
}

function toSource({ body }: FastifyRequest): Readable {
  if (!(body instanceof Readable)) throw new VantError('BAD_REQUEST', `Send ${OCTETS}.`);
  return body;
}

/** Room is made before the first byte is read, so the length must be known. */
function toLength(request: FastifyRequest): number {
  const text = request.headers['content-length'];
  if (text === undefined) throw new VantError('BAD_REQUEST', 'Content-Length is required.');
  return Number(text);
}
