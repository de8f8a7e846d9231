import type { QueueClient } from '@azure/storage-queue';
import type { Binding, TypedData } from '../protocol.ts';
import type { Output, TriggerHost } from '../triggers.ts';
import { sendMessage } from './messageProcessor.ts';
import { openQueueService, queueNameOf } from './queueStorage.ts';
import { encodeMessage } from './queueText.ts';

/** An output binding to a queue, which is created if it is missing. */
export function queueOutput(binding: Binding, host: TriggerHost): Output {
  const queueName = queueNameOf(binding, host);
  let opening: Promise<QueueClient> | undefined;
  return async (value) => {
    opening ??= openQueueService(binding, host).then((service) => service.getQueueClient(queueName));
    const queue = await opening;
    for (const text of textsOf(value)) await sendMessage(queue, encodeMessage(text));
    host.queueWrites.emit('write', queueName);
  };
}

/**
 * The messages of a value: one for each element of an array, otherwise one. As in the real host, JSON is in several lines.
 *
 * @throws Error for a value that is not an object or an array: no function of this app sends one
 * @see azure-functions-host, Binding/FunctionBinding.cs ReadAsEnumerable and BindAsyncCollectorAsync
 */
function textsOf({ json }: TypedData): string[] {
  if (json === undefined) throw new Error('The local functions host sends only objects and arrays to queues.');
  const value: unknown = JSON.parse(json);
  return (Array.isArray(value) ? value : [value]).map((element) => JSON.stringify(element, null, 2));
}
