import { Agent, request } from 'node:http';
import nodeFetch from 'node-fetch';
import { Pool } from 'undici';
import { createImageStoreClient } from '../../../src/imageStore/imageStoreClient.ts';
import { asSessionId } from '../../doubles/sessionIds.ts';

/** Deletes one upload session. Throws if the gateway's answer is not 200. */
type DeleteOne = (sessionId: string) => Promise<unknown>;

/** The ways to send a DELETE with Node, each in a few lines. */
export const NODE_PEERS = {
  /** The app's own client. */
  'our client': (endpoint, connections) => {
    const client = createImageStoreClient({ endpoints: [new URL(endpoint)], maxConnections: connections });
    return (sessionId) => client.deleteUploadSession(asSessionId(sessionId));
  },

  /** The fastest client on this runtime. */
  'undici Pool': (endpoint, connections) => {
    const pool = new Pool(endpoint, { connections });
    return async (sessionId) => {
      const { statusCode, body } = await pool.request({ method: 'DELETE', path: pathOf(sessionId) });
      expect200(statusCode);
      await body.dump();
    };
  },

  'node:http': (endpoint, connections) => {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    return (sessionId) =>
      new Promise<void>((resolve, reject) => {
        const sent = request(endpoint + pathOf(sessionId), { method: 'DELETE', agent }, (response) => {
          response.on('error', reject).on('end', resolve).resume();
          if (response.statusCode !== 200) reject(new Error(`The gateway answered ${response.statusCode}.`));
        });
        sent.on('error', reject).end();
      });
  },

  /** With an agent that keeps its connections. Without one, each call opens a new connection. */
  'node-fetch loop': (endpoint, connections) => {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    return async (sessionId) => {
      const response = await nodeFetch(endpoint + pathOf(sessionId), { method: 'DELETE', agent });
      expect200(response.status);
      await response.text();
    };
  },

  'built-in fetch': (endpoint) => async (sessionId) => {
    const response = await fetch(endpoint + pathOf(sessionId), { method: 'DELETE' });
    expect200(response.status);
    await response.text();
  },
} satisfies Record<string, (endpoint: string, connections: number) => DeleteOne>;

export type NodePeer = keyof typeof NODE_PEERS;

export function pathOf(sessionId: string): string {
  return `/ImageStore/$/DeleteUploadSession?api-version=6.0&session-id=${sessionId}&timeout=60`;
}

function expect200(status: number): void {
  if (status !== 200) throw new Error(`The gateway answered ${status}.`);
}
