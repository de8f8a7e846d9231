import { readFileSync } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { isPem } from './pem.ts';

/** The first byte of a certificate or a PFX in DER: a SEQUENCE. */
const DER_SEQUENCE = 0x30;

/** Standard or URL-safe. */
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** Certificates and keys are longer; a shorter text is a path that looks like base64. */
const SHORTEST_BASE64 = 200;

/** Quotes around a text, as shells and pipelines leave them. */
const QUOTED = /^(["'])([\s\S]*)\1$/;

/** Blanks and line breaks, also as escape sequences such as `\n`. */
const BREAKS = /[\\`]+[nr]|[\s\p{Cf}]+/gu;

/** File names of certificates. No other text is shown in a message: the setting may be the private key itself. */
const FILE_NAME = /^[^\r\n]{1,250}\.(?:pem|pfx|p12|crt|cer|der|key|txt)$/i;

/** The content of a certificate setting. */
export type CertificateText = { pem: string } | { der: Buffer };

/**
 * Reads a certificate setting: the path of a file, base64, or PEM.
 *
 * @returns PEM, or what should be DER; or what is wrong with the text, as the end of a sentence about the setting
 */
export function readCertificateText(text: string): CertificateText | { error: string } {
  const plain = text.trim().replace(QUOTED, '$2').trim();
  if (isPem(plain)) return { pem: plain };
  const decoded = decodeBase64(plain);
  if (decoded) return decoded;
  let content: Buffer;
  try {
    content = readFileSync(plain);
  } catch (error) {
    const code = isNativeError(error) && 'code' in error ? String(error.code) : 'unknown error';
    return FILE_NAME.test(plain)
      ? { error: `names the file ${JSON.stringify(plain)}, which can't be read (${code})` }
      : { error: 'is neither a readable file, nor base64, nor PEM' };
  }
  if (content.length === 0) return { error: `names the file ${JSON.stringify(plain)}, which is empty` };
  return fromBytes(content) ?? decodeBase64(textOf(content)) ?? { der: content };
}

function decodeBase64(text: string): CertificateText | undefined {
  const base64 = text.trim().replace(QUOTED, '$2').replaceAll(BREAKS, '');
  if (base64.length < SHORTEST_BASE64 || !BASE64.test(base64)) return undefined;
  return fromBytes(Buffer.from(base64, 'base64'));
}

function fromBytes(bytes: Buffer): CertificateText | undefined {
  if (bytes[0] === DER_SEQUENCE && (bytes[1] ?? 0) >= 0x80) return { der: bytes };
  const text = textOf(bytes);
  return isPem(text) ? { pem: text } : undefined;
}

/** UTF-8, or UTF-16 as some Windows tools write it. */
function textOf(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0 || (first === 0xfe && second === 0xff)) return new TextDecoder('utf-16be').decode(bytes);
  if (second === 0 || (first === 0xff && second === 0xfe)) return new TextDecoder('utf-16le').decode(bytes);
  return bytes.toString();
}
