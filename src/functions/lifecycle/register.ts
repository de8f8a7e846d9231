import {
  app,
  type FunctionOutput,
  type HttpHandler,
  type StorageQueueHandler,
  type TimerHandler,
} from '@azure/functions';
import type { RouteAddress } from '../routing/routes.ts';

/**
 * Registers the function of a route. Its file is loaded with its first call: a cold start has to register all functions and
 * then runs one of them.
 *
 * @param load - loads what handles a call; asked at each call, so that a module's own cache decides
 */
export function registerRoute({ name, method, path, authLevel }: RouteAddress, load: () => Promise<HttpHandler>): void {
  app.http(name, {
    methods: [method],
    route: path.slice(1),
    authLevel,
    handler: async (request, context) => (await load())(request, context),
  });
}

/** Registers a function that a timer runs; loaded in the same way. @param schedule - NCRONTAB, or `%setting%` */
export function registerTimer(
  name: string,
  schedule: string,
  load: () => Promise<TimerHandler>,
  extraOutputs: FunctionOutput[] = [],
): void {
  app.timer(name, {
    schedule,
    extraOutputs,
    useMonitor: true,
    runOnStartup: false,
    handler: async (timer, context) => (await load())(timer, context),
  });
}

/** Registers a function that takes the messages of a queue in the host's own storage account; loaded in the same way. */
export function registerQueue(name: string, queueName: string, load: () => Promise<StorageQueueHandler>): void {
  app.storageQueue(name, {
    queueName,
    connection: 'AzureWebJobsStorage',
    handler: async (message, context) => (await load())(message, context),
  });
}
