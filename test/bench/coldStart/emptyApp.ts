/**
 * The least that an app with these functions can be: each is registered as ours is, and does nothing. What a cold start of
 * it takes is Node's and the platform's.
 */
import { app } from '@azure/functions';
import { ROUTES } from '../../../src/functions/routing/routes.ts';
import { sweepQueue } from '../../../src/settings/registrationSettings.ts';

for (const [name, { method, path, authLevel }] of Object.entries(ROUTES)) {
  app.http(name, {
    methods: [method],
    route: path.slice(1),
    authLevel,
    handler: () => ({ status: 200, jsonBody: {} }),
  });
}
for (const name of ['purgeOutcomes', 'sweepStaleSessions']) {
  app.timer(name, { schedule: '0 0 0 1 1 *', handler: () => {} });
}
for (const [name, queueName] of [
  ['sweepPartition', sweepQueue()],
  ['reportPoisonedSweep', `${sweepQueue()}-poison`],
] as const) {
  app.storageQueue(name, { queueName, connection: 'AzureWebJobsStorage', handler: () => {} });
}
