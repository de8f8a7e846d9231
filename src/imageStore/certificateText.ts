import { readFileSync } from 'node:fs';
import { isNativeError } from 'node:util/types';

/** DER's first byte of everything that concerns us: a SEQUENCE. */
const DER_SEQUENCE = 0x30;

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** Names of files that hold certificates. Nothing else is ever shown: a setting's text may be the private key itself. */
const FILE_NAME = /^[^\r\n]{1,250}\.(?:pem|pfx|p12|crt|cer|der|key|txt)$/i;

/**
 * Finds the bytes that a setting means: the path of a file, base64, or PEM as it is.
 *
 * @returns the bytes of PEM or DER, or what is wrong with the text, as the end of a sentence about the setting
 */
export function readCertificateText(text: string): { bytes: Buffer } | { fault: string } {
  const trimmed = text.trim();
  if (isPem(trimmed)) return { bytes: Buffer.from(trimmed) };
  const decoded = decodeBase64(trimmed);
  if (decoded) return { bytes: decoded };
  let content: Buffer;
  try {
    content = readFileSync(trimmed);
  } catch (error) {
    const code = isNativeError(error) && 'code' in error ? String(error.code) : 'unknown error';
    return FILE_NAME.test(trimmed)
      ? { fault: `names the file ${JSON.stringify(trimmed)}, which can't be read (${code})` }
      : { fault: 'is neither a file that can be read, nor base64 of one, nor PEM' };
  }
  if (content.length === 0) return { fault: `names the file ${JSON.stringify(trimmed)}, which is empty` };
  return { bytes: isDer(content) ? content : (decodeBase64(content.toString()) ?? content) };
}

export function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

export function isDer(bytes: Buffer): boolean {
  return bytes[0] === DER_SEQUENCE && (bytes[1] ?? 0) >= 0x80;
}

/** A path may look like base64, but doesn't decode to what is looked for. */
function decodeBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64');
  return isDer(decoded) || isPem(decoded.toString('latin1')) ? decoded : undefined;
}
