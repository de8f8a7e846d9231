import { parseTimeSpan } from '../hostJson.ts';

/** `extensions.queues` of host.json. */
export interface QueueSettings {
  /** The maximum batch size, 1 to 32. The messages of a batch are processed in parallel. */
  batchSize: number;
  /** The next batch is fetched when at most this number of messages is being processed. */
  newBatchThreshold: number;
  /** The maximum number of tries of a message. */
  maxDequeueCount: number;
  /** How long a failed message is invisible before the next try. */
  visibilityTimeoutMs: number;
  /** The longest wait between two polls of an empty queue. */
  maxPollingIntervalMs: number;
}

const MAX_MESSAGES = 32;
const SHORTEST_POLLING_MS = 100;
/** The real host's default in development; otherwise it is a minute. */
const DEVELOPMENT_POLLING = '00:00:02';

/**
 * @param extensions - of host.json; names are case-insensitive, and values can be strings, like those of overrides
 * @throws Error that names the invalid setting
 * @see azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Queues/src/Config/QueuesOptions.cs
 */
export function readQueueSettings(extensions: Record<string, unknown>): QueueSettings {
  const queues = lowerCased(lowerCased(extensions)['queues']);
  const number = (name: string, least: number, most: number, otherwise: number): number => {
    const value = Number(queues[name.toLowerCase()] ?? otherwise);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`host.json: extensions.queues.${name} must be a whole number from ${least} to ${most}.`);
  };
  const timeSpan = (name: string, otherwise: string): number =>
    parseTimeSpan(String(queues[name.toLowerCase()] ?? otherwise), `extensions.queues.${name}`);

  const batchSize = number('batchSize', 1, MAX_MESSAGES, 16);
  const maxPollingIntervalMs = timeSpan('maxPollingInterval', DEVELOPMENT_POLLING);
  if (maxPollingIntervalMs < SHORTEST_POLLING_MS) {
    throw new Error(`host.json: extensions.queues.maxPollingInterval must be at least ${SHORTEST_POLLING_MS} ms.`);
  }
  if (String(queues['messageencoding'] ?? 'base64').toLowerCase() !== 'base64') {
    throw new Error('host.json: the local functions host supports only base64 as extensions.queues.messageEncoding.');
  }
  return {
    batchSize,
    newBatchThreshold: number('newBatchThreshold', 0, Number.MAX_SAFE_INTEGER, Math.floor(batchSize / 2)),
    maxDequeueCount: number('maxDequeueCount', 1, Number.MAX_SAFE_INTEGER, 5),
    visibilityTimeoutMs: timeSpan('visibilityTimeout', '00:00:00'),
    maxPollingIntervalMs,
  };
}

function lowerCased(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}
