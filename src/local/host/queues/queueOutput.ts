import type { QueueClient } from '@azure/storage-queue';
import type { Binding, TypedData } from '../protocol.ts';
import type { Output, TriggerHost } from '../triggers.ts';
import { sendMessage } from './messageProcessor.ts';
import { readQueueSettings } from './queueSettings.ts';
import { openQueueService, queueNameOf } from './queueStorage.ts';
import { encodeMessage, looksLikeJson } from './queueText.ts';

/** An output binding to a queue, which is created if it is missing. */
export function queueOutput(binding: Binding, host: TriggerHost): Output {
  const queueName = queueNameOf(binding, host);
  const { messageEncoding } = readQueueSettings(host.hostJson.extensions);
  let opening: Promise<QueueClient> | undefined;
  return async (value) => {
    opening ??= openQueueService(binding, host).then((service) => service.getQueueClient(queueName));
    const queue = await opening;
    for (const content of contentsOf(value)) await sendMessage(queue, encodeMessage(content, messageEncoding));
    host.queueWrites.emit('write', queueName);
  };
}

/**
 * The messages of a value: one for each element if it is an array or the JSON of one, otherwise one.
 *
 * @throws SyntaxError for a text that looks like JSON but is not: the run then fails, as in the real host
 * @see azure-functions-host, Binding/FunctionBinding.cs ReadAsEnumerable and BindAsyncCollectorAsync
 */
function contentsOf({ bytes, json, string, int, double }: TypedData): Uint8Array[] {
  if (bytes) return [bytes];
  const looked = string !== undefined && looksLikeJson(string) ? string : json;
  const value: unknown = looked === undefined ? (string ?? int ?? double ?? '') : JSON.parse(looked);
  return (Array.isArray(value) ? value : [value]).map((element) => Buffer.from(toText(element)));
}

/** The result of .NET's `ToString()`: an object in several lines, `True` and `False`, an empty string for null. */
function toText(value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'object') return JSON.stringify(value, null, 2);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}
