import type { Headers, Response } from 'node-fetch';

/** No answer of the image store's is longer than this; more of it is never read. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** An answer of an HTTP gateway endpoint, or of whatever stands before it. */
export interface GatewayAnswer {
  status: number;
  /** The text behind the status, such as `Not Found`. */
  statusText: string;
  headers: Headers;
  /** As far as it was read. */
  body: string;
  /** Why the body isn't whole: longer than `MAX_ANSWER_BYTES`, or the connection ended before it. */
  bodyError?: 'tooLong' | 'cut';
  /** Why the body could not be parsed, such as `HPE_INVALID_CHUNK_SIZE`, where it was cut for that. */
  parserError?: string;
}

/**
 * Reads an answer with its body. Never fails: what the status says counts, even when the body doesn't come whole.
 *
 * By events, since `for await` over a stream costs more a call.
 */
export function readAnswer(response: Response): Promise<GatewayAnswer> {
  const { status, statusText, headers, body } = response;
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    const finish = (bodyError?: 'tooLong' | 'cut'): void => {
      const text = bytes === 0 ? '' : Buffer.concat(chunks).toString();
      const answer: GatewayAnswer = { status, statusText, headers, body: text };
      if (bodyError !== undefined) answer.bodyError = bodyError;
      resolve(answer);
    };
    if (body === null) {
      finish();
      return;
    }
    body.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_ANSWER_BYTES) {
        chunks.push(chunk);
        return;
      }
      finish('tooLong');
      destroy(body); // ends the connection: the rest of the answer isn't worth its transport
    });
    body.on('end', () => finish());
    body.on('error', () => finish('cut'));
  });
}

/** node-fetch calls the body a bare `ReadableStream`, but it is always a stream of Node's. */
function destroy(body: NodeJS.ReadableStream): void {
  if ('destroy' in body && typeof body.destroy === 'function') body.destroy();
}
