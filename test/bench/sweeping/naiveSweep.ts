import { Agent } from 'node:http';
import fetch from 'node-fetch';
import { openTables, pathOf, type Row, STALE_AFTER_MS, type SweepJob } from './sweepJob.ts';

/** The sweep that people write first: list all rows, then delete and update one session after the other. */
export async function naiveSweep(job: SweepJob): Promise<void> {
  const { sessions } = openTables(job);
  const agent = new Agent({ keepAlive: true });
  const rows: Row[] = [];
  for await (const row of sessions.listEntities<Row>()) rows.push(row as Row);
  for (const { partitionKey, rowKey, lastActivity } of rows) {
    if (lastActivity.getTime() > Date.now() - STALE_AFTER_MS) continue;
    await (await fetch(job.endpoint + pathOf('GetUploadSession', rowKey), { agent })).json();
    const response = await fetch(job.endpoint + pathOf('DeleteUploadSession', rowKey), { method: 'DELETE', agent });
    if (!response.ok) throw new Error(`The gateway answered ${response.status}.`);
    await response.text();
    await sessions.updateEntity({ partitionKey, rowKey, deletedAt: new Date() }, 'Merge');
  }
}
