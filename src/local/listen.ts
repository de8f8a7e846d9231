import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Makes a server that isn't listening yet: plain HTTP here, TLS for a secured cluster. */
export type CreateServer = (handler: RequestListener) => Server;

/** As long as Windows' own HTTP server leaves an idle connection open, by default. */
export const KEEP_ALIVE_MS = 120_000;

export const createPlainServer: CreateServer = (handler) => createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);

/** A server that listens on loopback. */
export interface Listener {
  port: number;
  /** How many connections are open, were open at once at most, and were ever made. */
  connections(): { open: number; peak: number; total: number };
  /** Ends at once, with every connection, idle or not. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 and nowhere else.
 *
 * @param port - 0: any that is free
 * @throws NodeJS.ErrnoException, `EADDRINUSE` when the port is taken
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
        // Not `closeAllConnections`: it leaves out those that are still in their TLS handshake.
        for (const socket of open) socket.destroy();
      }),
  };
}
