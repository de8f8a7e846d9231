import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { makeCertificate } from '../../../src/local/certificates/makeCertificate.ts';
import { SecretFolder } from '../../../src/local/certificates/secretFolder.ts';

describe('a generated certificate', () => {
  it('is self-signed, matches its key, and has its names', async () => {
    const { cert, key, thumbprint } = await makeCertificate({ commonName: 'a', altNames: ['localhost', '127.0.0.1'] });

    const x509 = new X509Certificate(cert);
    expect(x509.subject).toBe('CN=a');
    expect(x509.checkIssued(x509) && x509.verify(x509.publicKey)).toBe(true);
    expect(x509.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect([x509.checkHost('localhost'), x509.checkIP('127.0.0.1'), x509.ca]).toEqual([
      'localhost',
      '127.0.0.1',
      false,
    ]);
    expect(thumbprint).toBe(x509.fingerprint.replaceAll(':', ''));
  });

  it('can be signed by an authority, with any validity period', async () => {
    const issuer = await makeCertificate({ commonName: 'root', isCa: true });
    const [validFrom, validTo] = [new Date('2020-01-01T00:00:00Z'), new Date('2020-02-01T00:00:00Z')];
    const { cert } = await makeCertificate({ commonName: 'old', issuer, validFrom, validTo });

    const [x509, root] = [new X509Certificate(cert), new X509Certificate(issuer.cert)];
    expect(root.ca).toBe(true);
    expect(x509.checkIssued(root) && x509.verify(root.publicKey)).toBe(true);
    expect([x509.validFromDate, x509.validToDate]).toEqual([validFrom, validTo]);
  });
});

describe('a folder for secrets', () => {
  it('is readable only by this user, contains settings that Node reads, and can be removed', async () => {
    const folder = await SecretFolder.make('secrets-test-');
    const file = await folder.writeSettings('client.env', { A: 'http://cluster:1/x', B: '/certs/a b.pem' });

    const modes = [(await stat(folder.path)).mode & 0o777, (await stat(file)).mode & 0o777];
    const settings = parseEnv(await readFile(file, 'utf8'));
    await folder.remove();

    expect(modes).toEqual([0o700, 0o600]);
    expect(settings).toEqual({ A: 'http://cluster:1/x', B: '/certs/a b.pem' });
    expect(existsSync(folder.path)).toBe(false);
  });
});
