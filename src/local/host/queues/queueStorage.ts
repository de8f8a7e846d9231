import type { QueueServiceClient } from '@azure/storage-queue';
import type { Binding } from '../protocol.ts';
import { HOST_CONNECTION, openStorageService, STORAGE_OPTIONS } from '../storage/hostStorage.ts';
import type { TriggerHost } from '../triggers.ts';

const QUEUE_NAME = /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/** Whether a queue name is valid. */
export function isQueueName(name: string): boolean {
  return QUEUE_NAME.test(name);
}

/**
 * The queue name of a binding, with `%NAME%` replaced by the settings, in lower case as in the real host.
 *
 * @throws Error if it does not resolve, or is not a valid queue name
 */
export function queueNameOf({ queueName }: Binding, host: TriggerHost): string {
  const name = host.resolve(String(queueName ?? '')).toLowerCase();
  if (isQueueName(name)) return name;
  throw new Error(
    `'${name}' is not a queue name: it must have 3 to 63 lower-case letters, digits and single dashes, and start and end with a letter or digit.`,
  );
}

/** The queue service that a binding's connection names. Nothing is sent yet. @throws StorageSettingError */
export async function openQueueService({ connection }: Binding, host: TriggerHost): Promise<QueueServiceClient> {
  // Loaded only if a function uses it, since loading costs startup time.
  const { QueueServiceClient } = await import('@azure/storage-queue');
  return openStorageService(String(connection || HOST_CONNECTION), 'queue', host.settings, {
    fromConnectionString: (text) => QueueServiceClient.fromConnectionString(text, STORAGE_OPTIONS),
    fromUri: (uri, credential) => new QueueServiceClient(uri, credential, STORAGE_OPTIONS),
  });
}
