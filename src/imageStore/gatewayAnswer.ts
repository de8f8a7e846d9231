import type { Headers, Response } from 'node-fetch';

/** No answer of the image store is longer than this. The rest of a longer answer is not read. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** An answer of an HTTP gateway endpoint, or of something in front of it. */
export interface GatewayAnswer {
  status: number;
  /** The text after the status, such as `Not Found`. */
  statusText: string;
  headers: Headers;
  /** As much as was read. */
  body: string;
  /** Why the body is incomplete: it is longer than `MAX_ANSWER_BYTES`, or the connection was cut. */
  bodyError?: 'tooLong' | 'cut';
  /** The error of Node's HTTP parser that cut the body, such as `HPE_INVALID_CHUNK_SIZE`. */
  parserError?: string;
}

/**
 * Reads an answer with its body. Never fails: the status counts even if the body is incomplete.
 *
 * It uses events because `for await` over a stream costs more CPU time for each call.
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
      destroy(body); // Closes the connection, so that the rest of the answer is not transferred.
    });
    body.on('end', () => finish());
    body.on('error', () => finish('cut'));
  });
}

/** node-fetch types the body as a bare `ReadableStream`, but it is always a Node stream. */
function destroy(body: NodeJS.ReadableStream): void {
  if ('destroy' in body && typeof body.destroy === 'function') body.destroy();
}
