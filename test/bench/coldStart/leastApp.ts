/** The minimum for a deletion: one call to the cluster and one write to a table, with the same packages as ours. */
import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import fetch from 'node-fetch';
import { registerAll } from './registerAll.ts';

const { AzureWebJobsStorage = '', CLUSTER_ENDPOINTS = '' } = process.env;

registerAll(async ({ params }) => {
  const id = params['sessionId'] ?? '';
  const query = `api-version=6.0&session-id=${id}&timeout=60`;
  const answer = await fetch(`${CLUSTER_ENDPOINTS}/ImageStore/$/DeleteUploadSession?${query}`, { method: 'DELETE' });
  await answer.text();
  const options = { allowInsecureConnection: true };
  const outcomes = TableClient.fromConnectionString(AzureWebJobsStorage, 'UploadSessionOutcomes', options);
  await outcomes.upsertEntity({ partitionKey: 'default', rowKey: randomUUID(), sessionId: id, status: answer.status });
  return { status: 200, jsonBody: {} };
});
