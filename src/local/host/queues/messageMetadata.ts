import { randomUUID } from 'node:crypto';
import type { ReceivedMessageItem } from '@azure/storage-queue';
import type { TypedData } from '../protocol.ts';
import { looksLikeJson } from './queueText.ts';

/**
 * The `triggerMetadata` of a message: its own properties, and the members of a JSON object, which override properties of the same name
 * (ignoring case). Arrays and nulls are left out. Scalars are strings, which the package parses.
 *
 * @see azure-webjobs-sdk, QueueTriggerBinding.cs; azure-functions-host, Utility.cs ApplyBindingData
 */
export function messageMetadata(
  message: ReceivedMessageItem,
  text: string,
  functionName: string,
): Record<string, TypedData> {
  const metadata: Record<string, TypedData> = {
    QueueTrigger: { string: text },
    DequeueCount: { int: message.dequeueCount },
    ExpirationTime: dateTimeOffset(message.expiresOn),
    Id: { string: message.messageId },
    InsertionTime: dateTimeOffset(message.insertedOn),
    NextVisibleTime: dateTimeOffset(message.nextVisibleOn),
    PopReceipt: { string: message.popReceipt },
    sys: {
      json: JSON.stringify({ MethodName: functionName, UtcNow: new Date().toISOString(), RandGuid: randomUUID() }),
    },
  };
  const names = new Map(Object.keys(metadata).map((name) => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(membersOf(text))) {
    if (value === null || Array.isArray(value)) continue;
    metadata[names.get(name.toLowerCase()) ?? name] = toTypedData(value);
  }
  return metadata;
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = looksLikeJson(text) ? JSON.parse(text) : undefined;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {}; // It is not JSON.
  }
}

/** Booleans are `True` and `False`, as in .NET. */
function toTypedData(value: unknown): TypedData {
  if (typeof value === 'object') return { json: JSON.stringify(value) };
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  return { string: String(value) };
}

/** The form in which Newtonsoft writes a DateTimeOffset, in whole seconds like those of the storage service. */
function dateTimeOffset(date: Date): TypedData {
  return { json: JSON.stringify(`${date.toISOString().slice(0, 19)}+00:00`) };
}
