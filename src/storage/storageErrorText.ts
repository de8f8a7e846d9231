import { isNativeError } from 'node:util/types';
import { cutText } from '../cleanup/model/cutText.ts';

const LONGEST = 1000;

/** The error message of the storage service, for people: shortened, and without request ids and times. */
export function storageErrorText(error: unknown): string {
  const message = isNativeError(error) ? error.message || error.name : String(error);
  const text = messageIn(message)
    .replaceAll(/\b(RequestId|Time):\S*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return cutText(text, LONGEST);
}

/** The message within an error's body, which the library passes on unchanged, in JSON or XML. */
function messageIn(message: string): string {
  const inXml = /<Message>([^<]*)/i.exec(message)?.[1];
  if (inXml !== undefined) return inXml;
  try {
    const body = JSON.parse(message) as { 'odata.error'?: { message?: { value?: unknown } } } | null;
    const value = body?.['odata.error']?.message?.value;
    return typeof value === 'string' ? value : message;
  } catch {
    return message;
  }
}
