import type { X509Certificate } from 'node:crypto';
import { cutText } from '../cleanup/model/cutText.ts';
import { safeText } from '../cleanup/model/safeText.ts';

const LONGEST = 200;

/** What a name is read from. Unlike its type says, Node's subject is `undefined` if it is empty. */
type Named = { subject: string | undefined } & Partial<Pick<X509Certificate, 'subjectAltName'>>;

/**
 * A certificate's name for messages, in one line: its subject, or its alternative names if the subject is empty. Show the thumbprint
 * with it, since a certificate may have neither.
 */
export function certificateName({ subject, subjectAltName }: Named): string {
  const names = subject?.replaceAll('\n', ', ') || subjectAltName || '(no subject)';
  return cutText(safeText(names), LONGEST);
}

/** A certificate's name with its thumbprint (SHA-1), such as `CN=sweeper (2855E9BB…)`. */
export function nameAndThumbprint(x509: X509Certificate): string {
  return `${certificateName(x509)} (${x509.fingerprint.replaceAll(':', '')})`;
}
