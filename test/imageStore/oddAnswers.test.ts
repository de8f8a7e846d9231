import { describe, expect, it } from '@jest/globals';
import { FabricRequestError } from '../../src/cleanup/model/fabricRequestError.ts';
import { clientOf, rejection, SESSION, sessionAnswer, startHttpServer, startScriptedServer } from './servers.ts';

const PAGE = '<html><body>Bearer ey.secret at https://inside.example/?key=secret</body></html>';

/** A gateway that gives one answer to everything. */
function startGateway(status: number, headers: Record<string, string> = {}, body = '') {
  return startHttpServer((_, response) => response.writeHead(status, headers).end(body));
}

async function deleteError(gateway: { endpoint: URL }): Promise<FabricRequestError> {
  const error = await rejection(clientOf(gateway).deleteUploadSession(SESSION));
  if (error instanceof FabricRequestError) return error;
  throw error;
}

describe('a 404', () => {
  it.each([
    ['means "gone" with the code NotFound', '{"Error":{"Code":"NotFound","Message":"Null"}}', 'notFound', false],
    ['is not "gone" with another code', '{"Error":{"Code":"FABRIC_E_SERVICE_DOES_NOT_EXIST"}}', 'unavailable', true],
    ['is not "gone" without a body', '', 'foreignAnswer', true],
    ['is not "gone" with a page', '<html>404 NotFound</html>', 'foreignAnswer', true],
    ['is not "gone" with another service’s error', '{"error":{"code":"NotFound"}}', 'foreignAnswer', true],
    ['is not "gone" with half an error', '{"Error":{"Code":"NotFound","Mess', 'foreignAnswer', true],
    ['is not "gone" with a list for a code', '{"Error":{"Code":["NotFound"]}}', 'foreignAnswer', true],
  ])('%s', async (_, body, kind, retryable) => {
    expect(await deleteError(await startGateway(404, {}, body))).toMatchObject({ kind, retryable, httpStatus: 404 });
  });
});

describe('an error answer', () => {
  it('is reported with its status, its code, the cluster’s message and the gateway', async () => {
    const gateway = await startGateway(500, {}, '{"Error":{"Code":"E_FAIL","Message":"The disk\\r\\nis full."}}');

    const error = await deleteError(gateway);

    expect(error.message).toBe(
      `The cluster failed (500 E_FAIL from ${gateway.endpoint.host}). The cluster's message: The disk is full.`,
    );
    expect(error).toMatchObject({ code: 'E_FAIL', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('of a proxy is reported without its page', async () => {
    const error = await deleteError(await startGateway(502, { 'Content-Type': 'text/html; charset=utf-8' }, PAGE));

    expect(error).toMatchObject({ kind: 'unavailable', retryable: true, httpStatus: 502, code: undefined });
    expect(error.message).toContain('502 with a body that is not a FabricError, text/html');
    expect(error.message).not.toContain('secret');
  });

  it('without a body is reported as that', async () => {
    const error = await deleteError(await startGateway(403));

    expect(error).toMatchObject({ kind: 'accessDenied', retryable: false, code: undefined });
    expect(error.message).toContain('403 without a body');
  });

  it.each(['null', '{"Error":null}', '{"Error":"E_FAIL"}', '{"Error":{"Code":"<b>"}}', '{', '[]', 'Null'])(
    'with the body %s has no code',
    async (body) => {
      expect(await deleteError(await startGateway(500, {}, body))).toMatchObject({
        kind: 'serverError',
        code: undefined,
      });
    },
  );

  it('has a long message shortened', async () => {
    const body = JSON.stringify({ Error: { Code: 'E_FAIL', Message: 'x'.repeat(10_000) } });

    expect((await deleteError(await startGateway(500, {}, body))).message.length).toBeLessThan(500);
  });

  it.each([
    ...[400, 402, 404, 405, 406, 407, 408, 409, 410, 411, 413, 414, 415, 416, 421, 422, 428, 429, 431, 451, 499].map(
      (status) => [status, 'foreignAnswer', true] as const,
    ),
    [501, 'serverError', true],
    [507, 'serverError', true],
  ])('with status %d, which the cluster itself never sends, is %s', async (status, kind, retryable) => {
    expect(await deleteError(await startGateway(status))).toMatchObject({ kind, retryable, httpStatus: status });
  });

  it('passes on how long to wait', async () => {
    expect((await deleteError(await startGateway(429, { 'Retry-After': '7' }))).retryAfterMs).toBe(7_000);
    expect((await deleteError(await startGateway(503))).retryAfterMs).toBeUndefined();
  });

  it('passes on how long to wait, by the cluster’s own clock', async () => {
    const headers = { Date: 'Sun, 22 Nov 2026 10:00:00 GMT', 'Retry-After': 'Sun, 22 Nov 2026 10:00:30 GMT' };

    expect((await deleteError(await startGateway(503, headers))).retryAfterMs).toBe(30_000);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])(
    'with status %d is not followed, and told by its target’s host alone',
    async (status) => {
      let followed = 0;
      const target = await startHttpServer((_, response) => {
        followed += 1;
        response.end();
      });
      const gateway = await startGateway(status, { Location: `${target.endpoint}sign/in?token=secret` });

      const error = await deleteError(gateway);

      expect(error).toMatchObject({ kind: 'unexpectedAnswer', httpStatus: status });
      expect(error.message).toContain(`redirects to ${target.endpoint.host} (${status})`);
      expect(error.message).not.toMatch(/secret|sign/);
      expect(followed).toBe(0);
    },
  );

  it.each([
    ['/elsewhere?key=secret', 'another path on the same host'],
    ['http://user:secret@[bad', 'another path on the same host'],
    ['http://user:secret@host.example/', 'host.example'],
    ['data:,secret', 'no host'],
  ])('to %s leads to %s', async (location, expected) => {
    const { message } = await deleteError(await startGateway(302, { Location: location }));

    expect(message).toContain(`redirects to ${expected} (302)`);
    expect(message).not.toContain('secret');
  });

  it('is not what 304 is', async () => {
    const error = await deleteError(await startGateway(304));

    expect(error).toMatchObject({ kind: 'unexpectedAnswer', httpStatus: 304 });
    expect(error.message).toContain("not the image store's (304 without a body)");
  });

  it('without a location is an error as well', async () => {
    expect((await deleteError(await startGateway(302))).message).toContain('redirects to nowhere (302)');
  });
});

describe('an endless answer', () => {
  /** Starts a gateway whose answer never ends, and which reports how much it could send. */
  async function startFlood(status: number) {
    let sent = 0;
    const server = await startHttpServer((_, response) => {
      response.writeHead(status);
      const chunk = Buffer.alloc(16 * 1024, ' ');
      const pour = (): void => {
        if (response.destroyed) return;
        sent += chunk.length;
        if (response.write(chunk)) setImmediate(pour);
        else response.once('drain', pour);
      };
      pour();
    });
    return { ...server, sent: () => sent };
  }

  it('is read no further than 64 KiB, and its connection ended', async () => {
    const gateway = await startFlood(200);

    const error = await rejection(clientOf(gateway).getUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'unexpectedAnswer', message: expect.stringContaining('64 KiB') });
    const [connection] = gateway.connections;
    if (!connection?.destroyed) await new Promise((resolve) => connection?.once('close', resolve));
    expect(gateway.sent()).toBeLessThan(16 * 1024 * 1024); // what fits into the buffers between the two
  });

  it('still fails by its status', async () => {
    expect(await deleteError(await startFlood(503))).toMatchObject({ kind: 'busy', httpStatus: 503 });
  });
});

describe('a connection that is cut', () => {
  const head = (status: string, length: number) => `HTTP/1.1 ${status}\r\nContent-Length: ${length}\r\n\r\n`;

  it.each([
    ['at once', ''],
    ['in the middle of the head', 'HTTP/1.1 200 OK\r\nContent-'],
  ])('%s is "unreachable", and has no status', async (_, text) => {
    const gateway = await startScriptedServer((socket) => socket.end(text));

    expect(await deleteError(gateway)).toMatchObject({ kind: 'unreachable', retryable: true, httpStatus: undefined });
  });

  it('in the middle of a good answer is "unreachable"', async () => {
    const gateway = await startScriptedServer((socket) =>
      socket.end(`${head('200 OK', 500)}${sessionAnswer().slice(0, 100)}`),
    );

    const error = await rejection(clientOf(gateway).getUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'unreachable', retryable: true, httpStatus: 200 });
  });

  it('in the middle of a chunked answer that is valid so far is "unreachable"', async () => {
    const body = sessionAnswer();
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
    const gateway = await startScriptedServer((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`),
    );

    expect(await rejection(clientOf(gateway).getUploadSession(SESSION))).toMatchObject({ kind: 'unreachable' });
  });

  it('in the middle of an error answer still fails by its status', async () => {
    const gateway = await startScriptedServer((socket) => socket.end(`${head('503 Busy', 500)}{"Error":`));

    expect(await deleteError(gateway)).toMatchObject({ kind: 'busy', httpStatus: 503, code: undefined });
  });
});

describe('an answer that can’t be parsed', () => {
  it.each([
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n',
      'HPE_UNEXPECTED_CONTENT_LENGTH',
    ],
    ['long headers', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`, 'HPE_HEADER_OVERFLOW'],
    ['an unknown version', 'HTTP/9.9 200 OK\r\n\r\n', 'HPE_INVALID_VERSION'],
    ['a status that is not a number', 'HTTP/1.1 OK\r\n\r\n', 'HPE_INVALID_STATUS'],
    ['a control character in a header', 'HTTP/1.1 200 OK\r\nX: a\u0001b\r\n\r\n', 'HPE_INVALID_HEADER_TOKEN'],
    ['lines without a carriage return', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'HPE_CR_EXPECTED'],
  ])('is reported as malformed: %s', async (_, answer, code) => {
    const gateway = await startScriptedServer((socket) => socket.end(answer));

    const error = await deleteError(gateway);

    expect(error).toMatchObject({ kind: 'unexpectedAnswer', retryable: true, httpStatus: undefined, deleteSent: true });
    expect(error.message).toBe(`The gateway ${gateway.endpoint.host} gave a malformed answer (${code}).`);
  });

  it('is reported as malformed if only its body is', async () => {
    const gateway = await startScriptedServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n'),
    );

    const error = await deleteError(gateway);

    expect(error).toMatchObject({ kind: 'unexpectedAnswer', httpStatus: 200 });
    expect(error.message).toContain('gave a malformed answer (200, HPE_INVALID_CHUNK_SIZE)');
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n', 'does not speak HTTP (HPE_INVALID_CONSTANT).'],
    ['HTTP/2', '\0\0\0\u0004\0\0\0\0\0', 'does not speak HTTP (HPE_INVALID_CONSTANT).'],
    [
      'TLS',
      '\u0015\u0003\u0001\0\u0002\u0002\u0046',
      'speaks TLS, not plain HTTP (HPE_INVALID_CONSTANT); is it an https endpoint?',
    ],
  ])('and does not begin like HTTP is named: %s', async (_, answer, expected) => {
    const gateway = await startScriptedServer((socket) => socket.end(Buffer.from(answer, 'latin1')));

    const error = await deleteError(gateway);

    expect(error).toMatchObject({ kind: 'unexpectedAnswer', httpStatus: undefined });
    expect(error.message).toBe(`The server at ${gateway.endpoint.host} ${expected}`);
  });
});

describe('untrusted text in an answer', () => {
  const HOSTILE = 'a\u001b[31m\u202egpj.\u2066x\u0085y\u2028z\r\nforged line\ud800';
  const SECRETS = 'GET https://h/?a=1&sig=abc%2Fdef&se=2 AccountKey=c2VjcmV0; Bearer eyJhbGciOi.J9.c2lnbmF0dXJl';

  it('is harmless in the message, and has one line', async () => {
    const body = JSON.stringify({ Error: { Code: 'E_FAIL', Message: `${HOSTILE} ${SECRETS}` } });

    const { message } = await deleteError(await startGateway(500, {}, body));

    expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(message).toContain('a\\u001b[31m\\u202egpj.\\u2066x y z forged line');
    expect(message).not.toMatch(/abc%2Fdef|c2VjcmV0|eyJhbGciOi|c2lnbmF0dXJl/);
    expect(message).toContain('sig=…&se=2 AccountKey=…; …');
  });

  it('is harmless as a content type and as a redirect’s target', async () => {
    // Non-ASCII header values are read as Latin-1, which has control characters in its upper half.
    const type = await startScriptedServer((socket) =>
      socket.end(
        Buffer.from(
          `HTTP/1.1 502 X\r\nContent-Type: \u0085\u009b31mx${'y'.repeat(9_000)}\r\nContent-Length: 1\r\n\r\n<`,
          'latin1',
        ),
      ),
    );
    const target = await startScriptedServer((socket) =>
      socket.end(
        Buffer.from(`HTTP/1.1 302 X\r\nLocation: https://\u009bx.example/\r\nContent-Length: 0\r\n\r\n`, 'latin1'),
      ),
    );

    for (const gateway of [type, target]) {
      const { message } = await deleteError(gateway);
      expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(message.length).toBeLessThan(400);
    }
  });
});
