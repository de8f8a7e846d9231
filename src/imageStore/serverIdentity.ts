import { X509Certificate } from 'node:crypto';
import { quoted } from '../cleanup/model/cutText.ts';
import { quotedSetting } from '../cleanup/model/quotedSetting.ts';
import { readCertificateText } from './certificateText.ts';
import { readPem } from './pem.ts';

/** The servers to accept as the cluster's. Without thumbprints and names: those that the platform, or `ca`, trusts for their host name. */
export interface ServerIdentity {
  /** Certificates of a private authority in PEM, trusted instead of the platform's. */
  ca?: readonly string[];
  /** Upper case; 40 hex digits (SHA-1) or 64 (SHA-256). */
  thumbprints?: readonly string[];
  /** Compared literally, but ignoring case: `*.example.com` means a wildcard certificate. */
  commonNames?: readonly string[];
  /** Thumbprints of the direct issuer; only with `commonNames`. Upper case; 40 or 64 hex digits. */
  issuerThumbprints?: readonly string[];
}

/** Characters that copying from a certificate dialog may add: spaces, colons, invisible characters. */
const NOISE = /[\s:\p{Cf}\p{Cc}\p{Zs}]/gu;

const THUMBPRINT = /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/;

/**
 * Reads a list of thumbprints, separated by commas.
 *
 * @returns the thumbprints, or what is wrong, as the end of a sentence about the setting
 */
export function parseThumbprints(text: string): { thumbprints: string[] } | { error: string } {
  const thumbprints: string[] = [];
  for (const part of text.split(/[,;]/)) {
    const thumbprint = part.replaceAll(NOISE, '').toUpperCase();
    if (thumbprint === '') continue;
    if (!THUMBPRINT.test(thumbprint)) {
      const isHex = /^[0-9A-F]*$/.test(thumbprint);
      const what = isHex ? `has ${thumbprint.length} hex digits` : 'has characters that are not hex digits';
      // A thumbprint with an invisible character is shown; a text with other letters may be a secret.
      const shown = /[g-z]/i.test(part) ? quotedSetting(part.trim()) : quoted(part.trim());
      return { error: `has ${shown}, which ${what}; a thumbprint has 40 hex digits (SHA-1) or 64 (SHA-256)` };
    }
    thumbprints.push(thumbprint);
  }
  return thumbprints.length > 0 ? { thumbprints } : { error: 'has no thumbprint' };
}

/**
 * Reads a list of common names, separated by commas.
 *
 * @returns the names, or what is wrong, as the end of a sentence about the setting
 */
export function parseCommonNames(text: string): { commonNames: string[] } | { error: string } {
  const commonNames = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  // An asterisk is allowed: it is part of the name of a wildcard certificate.
  const bad = commonNames.find((name) => /^\.|[\p{Cc}\p{Cf}=/]/u.test(name));
  if (bad !== undefined) {
    return { error: `has ${quotedSetting(bad)}, expected a name such as cluster.example.com` };
  }
  return commonNames.length > 0 ? { commonNames } : { error: 'has no name' };
}

/**
 * Loads the certificates of a private authority.
 *
 * @param text - one or more certificates, PEM or DER: a path or base64, or PEM itself
 * @returns each certificate in PEM, or what is wrong, as the end of a sentence about the setting
 */
export function loadCa(text: string): { ca: string[] } | { error: string } {
  const read = readCertificateText(text);
  if ('error' in read) return read;
  const pem = 'pem' in read ? readPem(read.pem) : undefined;
  if (pem && 'error' in pem) return pem;
  const certificates = pem
    ? pem.blocks.filter(({ label }) => label.endsWith('CERTIFICATE')).map((block) => block.pem)
    : ['der' in read ? read.der : ''];
  try {
    const ca = certificates.map((one) => new X509Certificate(one).toString());
    return ca.length > 0 ? { ca } : { error: 'contains no certificate' };
  } catch {
    return { error: 'contains a certificate that cannot be read' };
  }
}
