import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expiryWarning, loadClientCertificate } from '../../src/imageStore/clientCertificate.ts';
import { type Identity, makeCertificate, makePfx } from './certificates.ts';

const PASSWORD = 'correct horse';

let folder: string;
let ca: Identity;
let own: Identity;
let other: Identity;
/** The certificate's key, encrypted with the password. */
let lockedKey: string;
let lockedTraditionalKey: string;

const pem = () => own.cert + own.key;

/** PBE-MD5-DES, the default of OpenSSL 1. The key belongs to no certificate. */
const OUTDATED_KEY = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGwMBsGCSqGSIb3DQEFAzAOBAjav5He7F4zRAICCAAEgZDC/Dt6/SvxdMt09PZk
6sdJ0/jrHz5NxMR767DJljnwQGyvn9oY0XfZeq2UxJG9FWwgra70YbKEqY8E1PpU
O86im8z2Mp26Pf1Xj697F9HsFpErXJ0ROKzy1OOI0xoJeWPuvPCBKrG1ijE0TR5R
Pn/a05Zh5VtAVrxIqHA1t70izg7XubHJi/Z9M+XsIV/vn0U=
-----END ENCRYPTED PRIVATE KEY-----`;

/** A key encrypted in OpenSSL's own form, which is older than PKCS #8. */
const traditionalKey = (cipher: string) =>
  `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher}\n\n${'A'.repeat(64)}\n-----END RSA PRIVATE KEY-----`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'client-certificate-'));
  ca = makeCertificate({ commonName: 'Test CA', isCa: true });
  own = makeCertificate({ commonName: 'sweeper', issuer: ca });
  other = makeCertificate({ commonName: 'other', key: ca.privateKey });
  lockedKey = String(
    own.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSWORD }),
  );
  lockedTraditionalKey = String(
    own.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSWORD }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function load(text: string, password?: string) {
  const loaded = loadClientCertificate(text, password);
  if ('error' in loaded) throw new Error(loaded.error);
  createSecureContext(loaded.certificate.secureContextOptions);
  return loaded.certificate;
}

function errorOf(text: string, password?: string): string | undefined {
  const loaded = loadClientCertificate(text, password);
  return 'error' in loaded ? loaded.error : undefined;
}

const base64 = (content: string | Buffer) => Buffer.from(content).toString('base64');

describe('a client certificate', () => {
  it.each<[string, () => [text: string, password?: string]]>([
    ['as a PEM file', () => [file('both.pem', own.cert + own.key)]],
    ['as a PEM file, the key first', () => [file('both2.pem', own.key + own.cert)]],
    ['as a PEM file whose issuer comes first', () => [file('chain.pem', ca.cert + own.cert + own.key)]],
    [
      'as a PEM file with a byte order mark and other lines',
      () => [file('bag.pem', `\ufeffBag Attributes\r\n${own.cert}x: y\n${own.key}`)],
    ],
    ['as two PEM files', () => [`${file('cert.pem', own.cert)}, ${file('key.pem', own.key)}`]],
    ['as two PEM files, the key first', () => [`${file('key.pem', own.key)},${file('cert.pem', own.cert)}`]],
    ['as PEM with an encrypted key', () => [file('locked.pem', own.cert + lockedKey), PASSWORD]],
    ['as PEM with a password that isn’t needed', () => [file('open.pem', own.cert + own.key), PASSWORD]],
    ['as PEM in the setting itself', () => [own.cert + own.key]],
    ['as base64 of PEM', () => [base64(own.cert + own.key)]],
    ['as a PFX file', () => [file('plain.pfx', makePfx(own))]],
    ['as a PFX file with its issuer', () => [file('chain.pfx', makePfx(own, { chain: [ca] }))]],
    ['as a PFX file with a password', () => [file('locked.pfx', makePfx(own, { password: PASSWORD })), PASSWORD]],
    ['as base64 of a PFX, as a Key Vault reference gives it', () => [base64(makePfx(own))]],
    ['as base64 of a PFX in lines', () => [base64(makePfx(own)).replaceAll(/.{76}/g, '$&\r\n')]],
    ['as PEM with escaped line breaks', () => [pem().replaceAll('\n', '\\n')]],
    ['as PEM with line breaks escaped twice, in quotes', () => [`"${pem().replaceAll('\n', '\\\\r\\\\n')}"`]],
    ['as PEM with blanks instead of line breaks', () => [pem().replaceAll('\n', ' ')]],
    ['as PEM without any blanks', () => [pem().replaceAll(/\s/g, '')]],
    ['as PEM, indented', () => [pem().replaceAll('\n', '\n    ')]],
    ['as PEM with carriage returns only', () => [pem().replaceAll('\n', '\r')]],
    ['as PEM with all of it as in a URL', () => [encodeURIComponent(pem())]],
    ['as PEM with line breaks as in a URL', () => [pem().replaceAll('\n', '%0A')]],
    ['as PEM in a list of lines', () => [JSON.stringify(pem().split('\n'))]],
    ['as base64 of PEM with blanks instead of line breaks', () => [base64(pem().replaceAll('\n', ' '))]],
    ['as base64 in quotes', () => [`'${base64(pem())}'`]],
    ['as base64 with escaped line breaks', () => [base64(pem()).replaceAll(/.{76}/g, '$&\\n')]],
    ['as URL-safe base64', () => [base64(pem()).replaceAll('+', '-').replaceAll('/', '_')]],
    ['as base64 of UTF-16', () => [base64(Buffer.from(pem(), 'utf16le'))]],
    ['as a file in UTF-16', () => [file('utf16.pem', Buffer.from(`\ufeff${pem()}`, 'utf16le'))]],
    ['as a path in quotes', () => [`"${file('quoted.pem', pem())}"`]],
    [
      'as PEM with an encrypted key, blanks for line breaks',
      () => [(own.cert + lockedKey).replaceAll('\n', ' '), PASSWORD],
    ],
    [
      'as PEM with a traditional key, blanks for line breaks',
      () => [(own.cert + lockedTraditionalKey).replaceAll('\n', ' '), PASSWORD],
    ],
    [
      'as PEM with a traditional key, without any blanks',
      () => [(own.cert + lockedTraditionalKey).replaceAll(/\s/g, ''), PASSWORD],
    ],
    ['as two files, the certificate in DER', () => [`${file('own.der', own.x509.raw)},${file('key.pem', own.key)}`]],
    ['as a file with base64 of a PFX', () => [file('secret.txt', `${base64(makePfx(own))}\n`)]],
  ])('is read %s', (_, make) => {
    const certificate = load(...make());

    expect(certificate).toMatchObject({
      subject: 'CN=sweeper',
      thumbprint: own.thumbprint,
      validTo: own.x509.validToDate,
    });
  });

  it.each<[string, RegExp, () => [text: string, password?: string]]>([
    ['without a key', /contains a certificate, but no private key/, () => [file('cert.pem', own.cert)]],
    ['without a certificate', /contains no certificate/, () => [file('key.pem', own.key)]],
    [
      'with another’s key',
      /private key that does not belong to its certificate CN=sweeper/,
      () => [own.cert + other.key],
    ],
    [
      'in two files that don’t belong together',
      /does not belong/,
      () => [`${file('a.pem', own.cert)},${file('b.pem', other.key)}`],
    ],
    ['with a wrong password', /the password is wrong/, () => [own.cert + lockedKey, 'guess']],
    ['without its password', /needs a password/, () => [own.cert + lockedKey]],
    [
      'with a damaged certificate',
      /certificate that cannot be read/,
      () => [own.cert.replace(/MII.{20}/, 'MIIC') + own.key],
    ],
    ['with a damaged key', /private key that cannot be read/, () => [own.cert + own.key.replace(/MII.{20}/, 'MIIC')]],
    [
      'as a PFX with a wrong password',
      /the password is wrong/,
      () => [base64(makePfx(own, { password: PASSWORD })), 'guess'],
    ],
    [
      'as a PFX without its password',
      /PFX that needs a password/,
      () => [base64(makePfx(own, { password: PASSWORD }))],
    ],
    ['as a PFX without a key', /PFX without a private key/, () => [base64(makePfx(own, { keyless: true }))]],
    [
      'as a PFX with another’s key',
      /certificate that belongs to its private key/,
      () => [base64(makePfx({ ...own, key: other.key }))],
    ],
    [
      'as a PFX with an outdated cipher',
      /outdated cipher.*openssl pkcs12 -legacy/,
      () => [base64(makePfx(own, { password: PASSWORD, outdated: true })), PASSWORD],
    ],
    ['as a bare certificate in DER', /but no private key/, () => [file('own.cer', own.x509.raw)]],
    [
      'as a PFX without a password while one is set',
      /PFX without a password, but a password is set/,
      () => [base64(makePfx(own)), PASSWORD],
    ],
    ['that is cut off', /is cut off/, () => [own.cert + own.key.slice(0, 400)]],
    [
      'with a key in a cipher that OpenSSL 3 refuses',
      /outdated cipher.*openssl pkcs8 -topk8/,
      () => [own.cert + OUTDATED_KEY, 'pw'],
    ],
    [
      'with a traditional key in a cipher that OpenSSL 3 refuses',
      /outdated cipher/,
      () => [own.cert + traditionalKey('DES-CBC,0011223344556677'), 'pw'],
    ],
    ['as a text file', /neither PEM nor PFX/, () => [file('notes.txt', 'hello')]],
    ['as an empty file', /which is empty/, () => [file('empty.pem', '')]],
    ['in a file that isn’t there', /"nowhere\.pem", which can't be read \(ENOENT\)/, () => ['nowhere.pem']],
    [
      'in two files, one of which isn’t there',
      /"nowhere\.key", which can't be read/,
      () => [`${file('cert.pem', own.cert)},nowhere.key`],
    ],
    ['as something else', /neither a readable file, nor base64/, () => ['nonsense']],
    ['as a folder', /neither a readable file|can't be read/, () => [folder]],
  ])('is refused %s', (_, expected, make) => {
    expect(errorOf(...make())).toMatch(expected);
  });

  it('that has expired is refused, with the date', () => {
    const { cert, key, x509 } = makeCertificate({ commonName: 'old', toDay: -1, key: own.privateKey });

    expect(errorOf(cert + key)).toMatch(
      `CN=old (${x509.fingerprint.replaceAll(':', '')}), which expired on ${x509.validToDate.toISOString()}`,
    );
  });

  it('in a PFX that has expired is refused, with advice about other certificates in the PFX', () => {
    const old = makeCertificate({ commonName: 'old', toDay: -1, key: own.privateKey });

    expect(errorOf(base64(makePfx(old)))).toMatch(/CN=old .* expired on .*export only that one/);
  });

  it('is the valid one that belongs to the key, and among several the one that expires last', () => {
    const key = own.privateKey;
    const [old, short, next] = [
      makeCertificate({ commonName: 'old', toDay: -1, key }),
      makeCertificate({ commonName: 'short', toDay: 10, key }),
      makeCertificate({ commonName: 'next', fromDay: 5, toDay: 700, key }),
    ];

    const { subject } = load(old.cert + short.cert + own.cert + next.cert + own.key);

    expect(subject).toBe('CN=sweeper');
  });

  it('is the one that belongs to a key if there are two keys and two certificates', () => {
    const old = makeCertificate({ commonName: 'old', toDay: -1 });

    expect(load(old.key + old.cert + own.key + own.cert)).toMatchObject({ subject: 'CN=sweeper' });
  });

  it.each([
    ['its alternative names', ['sweeper.example.com', '10.0.0.1'], 'DNS:sweeper.example.com, IP Address:10.0.0.1'],
    ['nothing but its thumbprint', undefined, '(no subject)'],
  ])('with an empty subject is shown by %s', (_, altNames, expected) => {
    const unnamed = makeCertificate({ commonName: '', key: own.privateKey, ...(altNames && { altNames }) });

    for (const text of [unnamed.cert + unnamed.key, base64(makePfx(unnamed))]) {
      const certificate = load(text);
      expect(certificate).toMatchObject({ subject: expected, thumbprint: unnamed.thumbprint });
      expect(expiryWarning(certificate, unnamed.x509.validToDate)).toContain(`${expected} (${unnamed.thumbprint})`);
    }
  });

  it('with an empty subject is named if it is refused', () => {
    const old = makeCertificate({ commonName: '', altNames: ['old.example.com'], toDay: -1, key: own.privateKey });

    expect(errorOf(old.cert + own.key)).toContain(`DNS:old.example.com (${old.thumbprint}), which expired`);
    expect(errorOf(old.cert + other.key)).toContain('does not belong to its certificate DNS:old.example.com');
  });

  it('that isn’t valid yet is refused, with the date', () => {
    const identity = makeCertificate({ commonName: 'new', fromDay: 1, key: own.privateKey });

    expect(errorOf(base64(makePfx(identity)))).toMatch(`not valid before ${identity.x509.validFromDate.toISOString()}`);
  });

  it('is never shown when it can’t be read', () => {
    const half = base64(makePfx(own)).slice(0, 400);
    const broken = `${own.key.replaceAll('-----', '--')}.pem`;

    for (const text of [half, broken, own.key, `${own.key},${own.key}`]) {
      const error = errorOf(text, PASSWORD);
      expect(error).toBeDefined();
      expect(error).not.toContain(text.slice(40, 60));
      expect(error).not.toContain(PASSWORD);
    }
  });
});

describe('the warning about a client certificate', () => {
  const certificate = {
    secureContextOptions: {},
    subject: 'CN=sweeper',
    thumbprint: 'AB',
    validTo: new Date('2026-12-31T12:00:00Z'),
  };

  it.each([
    ['2026-11-30T11:00:00Z', undefined],
    ['2026-12-01T12:00:00Z', 'expires in 30 days, on 2026-12-31T12:00:00.000Z'],
    ['2026-12-30T12:00:00Z', 'expires in 1 day,'],
    ['2026-12-31T11:00:00Z', 'expires in 0 days,'],
    ['2027-01-01T00:00:00Z', 'has expired, on'],
  ])('on %s is %j', (now, expected) => {
    const warning = expiryWarning(certificate, new Date(now));

    if (expected === undefined) expect(warning).toBeUndefined();
    else expect(warning).toContain(expected);
  });
});
