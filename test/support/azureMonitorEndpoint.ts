import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { makeCertificate } from '../../src/local/certificates/makeCertificate.ts';
import { keepLine } from './transcript.ts';

/** What Application Insights receives: one measurement, or one span. */
export interface Envelope {
  name: string;
  iKey: string;
  tags: Record<string, string>;
  data: { baseType: string; baseData: Record<string, unknown> & { properties: Record<string, string> } };
}

/** A simulated ingestion endpoint of Application Insights, over https as the exporter requires. */
export interface AzureMonitorEndpoint {
  connectionString: string;
  /** The file with the certificate to trust, for `NODE_EXTRA_CA_CERTS`. */
  caFile: string;
  envelopes: Envelope[];
  /** The number of requests. */
  requests(): number;
  close(): Promise<void>;
}

/**
 * @param instrumentationKey - a GUID
 * @param refuseWith - the status with which to reject all requests
 * @param isAllowed - checks the header Authorization; by default no token is needed
 */
export async function startAzureMonitorEndpoint(
  instrumentationKey: string,
  refuseWith?: number,
  isAllowed: (authorization: string | undefined) => boolean = () => true,
): Promise<AzureMonitorEndpoint> {
  const { cert, key } = await makeCertificate({ commonName: 'localhost', altNames: ['127.0.0.1'] });
  const folder = await mkdtemp(join(tmpdir(), 'monitor-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, cert);
  const envelopes: Envelope[] = [];
  let requests = 0;
  const server = createServer({ cert, key }, async (request, response) => {
    requests += 1;
    const body = await buffer(request);
    if (refuseWith !== undefined) return void response.writeHead(refuseWith).end('{}');
    if (!isAllowed(request.headers.authorization)) return void response.writeHead(401).end('{}');
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
    keepLine(text);
    const items = JSON.parse(text) as Envelope[];
    envelopes.push(...items);
    const answer = { itemsReceived: items.length, itemsAccepted: items.length, errors: [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    connectionString: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=https://127.0.0.1:${port}/;LiveEndpoint=https://127.0.0.1:${port}/`,
    caFile,
    envelopes,
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
