import type { QueueSettings } from './queueSettings.ts';

type Encoding = QueueSettings['messageEncoding'];

/** @returns `undefined` if the message should be base64 but is not: it is not passed to the function */
export function decodeMessage(messageText: string, encoding: Encoding): string | undefined {
  if (encoding === 'none') return messageText;
  // As strict as Convert.FromBase64String; Buffer would accept anything.
  const digits = messageText.replace(/\s/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  return Buffer.from(digits, 'base64').toString();
}

export function encodeMessage(content: Uint8Array, encoding: Encoding): string {
  return Buffer.from(content).toString(encoding === 'base64' ? 'base64' : 'utf8');
}

/** Whether a text looks like a JSON object or array. The real host checks no more. [azure-functions-host, Utility.cs] */
export function looksLikeJson(text: string): boolean {
  const trimmed = text.trim();
  return (trimmed.startsWith('{') && trimmed.endsWith('}')) || (trimmed.startsWith('[') && trimmed.endsWith(']'));
}
