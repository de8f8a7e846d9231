import { randomUUID } from 'node:crypto';
import type { ReceivedMessageItem } from '@azure/storage-queue';
import type { TypedData } from '../protocol.ts';
import { looksLikeJson } from './queueText.ts';

/**
 * What a function finds in `triggerMetadata`: the message's own facts, and the members of a JSON object, which win over
 * facts of the same name in any case. Arrays and nulls are left out; scalars travel as texts, which the package parses again.
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
    return {}; // It only looked like JSON.
  }
}

/** A boolean's text is .NET's. */
function toTypedData(value: unknown): TypedData {
  if (typeof value === 'object') return { json: JSON.stringify(value) };
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  return { string: String(value) };
}

/** As Newtonsoft writes a DateTimeOffset: whole seconds, as the storage service reports it. */
function dateTimeOffset(date: Date): TypedData {
  return { json: JSON.stringify(`${date.toISOString().slice(0, 19)}+00:00`) };
}
