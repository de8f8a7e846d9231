/**
 * The app that people write first: every package is imported at the top, tsc compiles it, and nothing is bundled. It registers the
 * same functions as ours, with a complete deletion and a complete sweep.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { odata, TableClient } from '@azure/data-tables';
import { app, type HttpMethod, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { DefaultAzureCredential } from '@azure/identity';
import fetch from 'node-fetch';
import * as v from 'valibot';

const settings = v.parse(
  v.object({
    AzureWebJobsStorage: v.optional(v.string()),
    AzureWebJobsStorage__tableServiceUri: v.optional(v.pipe(v.string(), v.url())),
    CLUSTER_ENDPOINTS: v.pipe(v.string(), v.url()),
    STALE_AFTER_MINUTES: v.optional(v.pipe(v.string(), v.transform(Number)), '15'),
  }),
  process.env,
);
const sessionId = v.pipe(v.string(), v.uuid());

function openTable(name: string): TableClient {
  const { AzureWebJobsStorage: connectionString, AzureWebJobsStorage__tableServiceUri: uri = '' } = settings;
  if (!connectionString) return new TableClient(uri, name, new DefaultAzureCredential());
  return TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
}

const sessions = openTable('UploadSessions');
const outcomes = openTable('UploadSessionOutcomes');

/** @returns the status of the cluster's answer */
async function deleteOnCluster(id: string): Promise<number> {
  const url = `${settings.CLUSTER_ENDPOINTS}/ImageStore/$/DeleteUploadSession?api-version=6.0&session-id=${id}`;
  const answer = await fetch(url, { method: 'DELETE' });
  await answer.text();
  return answer.status;
}

async function record(id: string, status: number): Promise<void> {
  const partitionKey = new Date().toISOString().slice(0, 10);
  await outcomes.upsertEntity({ partitionKey, rowKey: `${id}-${randomUUID()}`, sessionId: id, status });
}

async function remove(id: string): Promise<number> {
  const status = await deleteOnCluster(id);
  await record(id, status);
  if (status === 200 || status === 404) await sessions.deleteEntity('default', id).catch(() => {});
  return status;
}

async function onDelete(request: HttpRequest): Promise<HttpResponseInit> {
  const parsed = v.safeParse(sessionId, request.params['sessionId']);
  if (!parsed.success) return { status: 400, jsonBody: { error: v.summarize(parsed.issues) } };
  const status = await remove(parsed.output);
  return status === 200 || status === 404 ? { status: 200, jsonBody: { status } } : { status: 502 };
}

async function sweep(): Promise<void> {
  const cutoff = new Date(Date.now() - settings.STALE_AFTER_MINUTES * 60_000);
  const filter = odata`PartitionKey eq 'default' and lastActivity lt ${cutoff}`;
  for await (const { rowKey } of sessions.listEntities({ queryOptions: { filter } })) if (rowKey) await remove(rowKey);
}

async function list(): Promise<HttpResponseInit> {
  const rows: object[] = [];
  for await (const row of outcomes.listEntities()) rows.push(row);
  return { status: 200, jsonBody: rows };
}

interface Declared {
  routes: { name: string; method: HttpMethod; path: string; authLevel: 'function' | 'anonymous' }[];
  timers: string[];
  queues: string[];
}
const declared = JSON.parse(readFileSync(new URL('./functions.json', import.meta.url), 'utf8')) as Declared;
for (const { name, method, path, authLevel } of declared.routes) {
  const handler = name === 'deleteUploadSession' ? onDelete : list;
  app.http(name, { methods: [method], route: path.slice(1), authLevel, handler });
}
for (const name of declared.timers) app.timer(name, { schedule: '0 0 0 1 1 *', handler: sweep });
for (const name of declared.queues) {
  app.storageQueue(name, { queueName: name.toLowerCase(), connection: 'AzureWebJobsStorage', handler: sweep });
}
