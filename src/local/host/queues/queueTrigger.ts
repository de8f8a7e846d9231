import type { HostFunction } from '../hostFunction.ts';
import type { Listener, TriggerHost } from '../triggers.ts';
import { QueueListener } from './queueListener.ts';
import { readQueueSettings } from './queueSettings.ts';
import { isQueueName, openQueueService, queueNameOf } from './queueStorage.ts';

const POISON_SUFFIX = '-poison';

/** The queue trigger: one run for each message. A failed message is retried, and finally moved to the poison queue. */
export function queueTrigger(fn: HostFunction, host: TriggerHost): Listener {
  const queueName = nameIn(fn, host);
  const settings = readQueueSettings(host.hostJson.extensions);
  const poisonName = queueName.endsWith(POISON_SUFFIX) ? undefined : `${queueName}${POISON_SUFFIX}`;

  const listener = new QueueListener({
    functionName: `Functions.${fn.name}`,
    queueName,
    settings,
    leaseMs: host.queueLeaseMs,
    log: host.log,
    async open() {
      const service = await openQueueService(fn.trigger, host);
      return {
        queue: service.getQueueClient(queueName),
        poisonQueue: poisonName && isQueueName(poisonName) ? service.getQueueClient(poisonName) : undefined,
        onPoisoned: (name) => host.queueWrites.emit('write', name),
        async run(message, text) {
          const { succeeded } = await host.call(fn, {
            reason: `New queue message detected on '${queueName}'.`,
            details: {
              MessageId: message.messageId,
              DequeueCount: String(message.dequeueCount),
              InsertedOn: message.insertedOn.toISOString().replace('Z', '+00:00'),
            },
            input: async () => ({ string: text }),
          });
          return succeeded;
        },
      };
    },
  });
  const onWrite = (name: string) => {
    if (name === queueName) listener.notify();
  };

  return {
    describe: () => `${fn.name}: queueTrigger ${queueName}`,
    start() {
      host.queueWrites.on('write', onWrite);
      listener.start();
    },
    async stop() {
      host.queueWrites.off('write', onWrite);
      await listener.stop();
    },
    adminInput: async (input = '') => ({ string: input }),
  };
}

function nameIn(fn: HostFunction, host: TriggerHost): string {
  try {
    return queueNameOf(fn.trigger, host);
  } catch (error) {
    throw new Error(`Error indexing method 'Functions.${fn.name}'. ${(error as Error).message}`, { cause: error });
  }
}
