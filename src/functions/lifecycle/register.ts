import { app, type FunctionOutput, type StorageQueueHandler, type TimerHandler } from '@azure/functions';
import type { RouteDeclaration } from '../routing/routes.ts';

/**
 * Registers the function of a route. Its file is loaded at its first call, because a cold start registers all functions but runs only
 * one of them.
 */
export function registerRoute(name: string, { method, path, authLevel, load }: RouteDeclaration): void {
  app.http(name, {
    methods: [method],
    route: path.slice(1),
    authLevel,
    // The module is cached after the first call.
    handler: async (request, context) => (await load()).route.handler(request, context),
  });
}

/** Registers a function with a timer trigger, loaded in the same way. @param schedule - NCRONTAB, or `%setting%` */
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

/** Registers a function with a queue trigger in the host's own storage account, loaded in the same way. */
export function registerQueue(name: string, queueName: string, load: () => Promise<StorageQueueHandler>): void {
  app.storageQueue(name, {
    queueName,
    connection: 'AzureWebJobsStorage',
    handler: async (message, context) => (await load())(message, context),
  });
}
