import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Creates a server that does not listen yet: plain HTTP, or TLS for a secured cluster. */
export type CreateServer = (handler: RequestListener) => Server;

/** How long an idle connection stays open: the default of HTTP.sys on Windows. */
export const KEEP_ALIVE_MS = 120_000;

export const createPlainServer: CreateServer = (handler) => createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);

/** A server that listens on loopback. */
export interface Listener {
  port: number;
  /** The number of connections: open now, the maximum at a time, and in total. */
  connections(): { open: number; peak: number; total: number };
  /** Closes at once, with all connections, also those in use. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 only.
 *
 * @param port - 0 for any free port
 * @throws NodeJS.ErrnoException, `EADDRINUSE` if the port is in use
 */
export async function listen(server: Server, port: number): Promise<Listener> {
  const open = new Set<Socket>();
  let peak = 0;
  let total = 0;
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    total += 1;
    peak = Math.max(peak, open.size);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => ({ open: open.size, peak, total }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // `closeAllConnections` would miss connections in their TLS handshake.
        for (const socket of open) socket.destroy();
      }),
  };
}
