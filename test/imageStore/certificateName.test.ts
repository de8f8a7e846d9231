import { describe, expect, it } from '@jest/globals';
import { certificateName } from '../../src/imageStore/certificateName.ts';
import { checkServer } from '../../src/imageStore/serverCheck.ts';
import { makeCertificate } from './certificates.ts';

describe('the name of a certificate', () => {
  it.each([
    ['the subject, in one line', { subject: 'O=Example\nCN=sweeper' }, 'O=Example, CN=sweeper'],
    [
      'the alternative names of an empty subject',
      { subject: undefined, subjectAltName: 'DNS:a.example' },
      'DNS:a.example',
    ],
    ['"(no subject)" if it has no names', { subject: '' }, '(no subject)'],
    ['free of control characters', { subject: 'CN=a\u202eb\u0007' }, 'CN=a\\u202eb\\u0007'],
  ])('is %s', (_, certificate, expected) => {
    expect(certificateName(certificate)).toBe(expected);
  });

  it('is shown for a refused server whose certificate has an empty subject', () => {
    const { x509 } = makeCertificate({ commonName: '', altNames: ['node1.example.com'] });
    const presented = { getPeerX509Certificate: () => x509, authorized: false, authorizationError: new Error('x') };

    expect(() => checkServer(presented, { thumbprints: ['0'.repeat(40)] })).toThrow(
      'it presents DNS:node1.example.com',
    );
  });
});
