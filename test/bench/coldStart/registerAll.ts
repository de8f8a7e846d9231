import { app, type HttpHandler } from '@azure/functions';
import { ROUTES } from '../../../src/functions/routing/routes.ts';
import { QUEUES, TIMERS } from './functions.ts';

/** Registers all functions of the app. @param onDelete - handles the deletion of a session; the others do nothing */
export function registerAll(onDelete: HttpHandler): void {
  for (const [name, { method, path, authLevel }] of Object.entries(ROUTES)) {
    const handler = name === 'deleteUploadSession' ? onDelete : () => ({ status: 200, jsonBody: {} });
    app.http(name, { methods: [method], route: path.slice(1), authLevel, handler });
  }
  for (const name of TIMERS) app.timer(name, { schedule: '0 0 0 1 1 *', handler: () => {} });
  for (const name of QUEUES) {
    app.storageQueue(name, { queueName: name.toLowerCase(), connection: 'AzureWebJobsStorage', handler: () => {} });
  }
}
