/** @returns `undefined` if the message is not base64: it is not passed to the function */
export function decodeMessage(messageText: string): string | undefined {
  // As strict as Convert.FromBase64String; Buffer would accept anything.
  const digits = messageText.replace(/\s/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  return Buffer.from(digits, 'base64').toString();
}

export function encodeMessage(text: string): string {
  return Buffer.from(text).toString('base64');
}
