import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A proxy between the samples and the app, which simulates the network and the platform's keys. */
export interface AppFront {
  url: string;
  /** How the next calls are handled. */
  mode: FrontMode;
  /** All calls so far, as `METHOD sessionId`. */
  calls: string[];
  /** Called before a call is passed on. */
  before: (method: string, sessionId: string) => Promise<void> | void;
  close(): void;
}

export type FrontMode =
  | 'pass'
  /** Like a key of `putUploadSession`: everything else is answered with 401. */
  | 'registerOnly'
  | 'refuse'
  | 'fail'
  | 'redirect'
  | 'hangUp'
  | 'deaf'
  | 'deafToDelete';

export async function startAppFront(app: string): Promise<AppFront> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const front: AppFront = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mode: 'pass',
    calls: [],
    before: () => {},
    close() {
      server.close();
      server.closeAllConnections();
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const sessionId = url.split('/').at(-1) ?? '';
    front.calls.push(`${method} ${sessionId}`);
    const body = await buffer(request);
    switch (front.mode) {
      case 'deaf':
        return;
      case 'hangUp':
        response.destroy();
        return;
      case 'refuse':
        response.writeHead(401).end();
        return;
      case 'fail':
        response.writeHead(500).end();
        return;
      case 'redirect':
        response.writeHead(302, { location: `${front.url}/elsewhere` }).end();
        return;
      case 'registerOnly':
        if (method === 'PUT') break;
        response.writeHead(401).end();
        return;
      case 'deafToDelete':
        if (method === 'PUT') break;
        return;
    }
    await front.before(method, sessionId);
    const { host, connection, ...passed } = headers;
    const answer = await fetch(`${app}${url}`, {
      method,
      headers: passed as Record<string, string>,
      ...(body.length > 0 ? { body } : {}),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(await answer.text());
  }

  return front;
}
