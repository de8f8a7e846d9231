import { describe, expect, it } from '@jest/globals';
import { parseEntraScope, readMetadataScope } from '../../src/imageStore/entraScope.ts';
import { parseGatewayEndpoint } from '../../src/imageStore/gatewayEndpoint.ts';
import { loadCa, parseCommonNames, parseThumbprints } from '../../src/imageStore/serverIdentity.ts';
import { makeCertificate } from './certificates.ts';

const SHA1 = '2855E9BBEDC65D3DC82C7335D1EC074586B09006';
const SHA256 = `${SHA1}0123456789ABCDEF01234567`;

describe('thumbprints', () => {
  it.each([
    ['in upper case', SHA1, [SHA1]],
    ['in lower case', SHA1.toLowerCase(), [SHA1]],
    ['with blanks', '28 55 e9 bb ed c6 5d 3d c8 2c 73 35 d1 ec 07 45 86 b0 90 06', [SHA1]],
    ['with colons', '28:55:E9:BB:ED:C6:5D:3D:C8:2C:73:35:D1:EC:07:45:86:B0:90:06', [SHA1]],
    ['with the invisible character that the certificate dialog adds', `\u200e${SHA1}`, [SHA1]],
    ['with other invisible characters', `\ufeff${SHA1.slice(0, 9)}\u00a0\u200b${SHA1.slice(9)}\u200f`, [SHA1]],
    ['of SHA-256', SHA256, [SHA256]],
    ['more than one', `${SHA1}, ${SHA256};`, [SHA1, SHA256]],
  ])('are read %s', (_, text, thumbprints) => {
    expect(parseThumbprints(text)).toEqual({ thumbprints });
  });

  it.each([
    ['too short', SHA1.slice(1), 'has 39 hex digits'],
    ['neither of the two lengths', SHA1 + SHA1.slice(0, 10), 'has 50 hex digits'],
    ['one with another letter', SHA1.replace('2855', '285G'), 'has characters that are not hex digits'],
    ['one good, one bad', `${SHA1},${SHA1.slice(2)}`, 'has 38 hex digits'],
    ['none', ' , ', 'has no thumbprint'],
  ])('are refused: %s', (_, text, expected) => {
    expect(parseThumbprints(text)).toEqual({ error: expect.stringContaining(expected) });
  });
});

describe('common names', () => {
  it('are read, with commas between them', () => {
    expect(parseCommonNames(' cluster.example.com , sf,*.example.com ')).toEqual({
      commonNames: ['cluster.example.com', 'sf', '*.example.com'],
    });
  });

  it.each(['CN=cluster', 'https://cluster', '.example.com', 'a\u200eb', ' , '])('are refused: %j', (text) => {
    expect(parseCommonNames(text)).toEqual({ error: expect.any(String) });
  });
});

describe('a private authority', () => {
  it('is read from PEM with several certificates, and from DER', () => {
    const { cert, x509 } = makeCertificate({ commonName: 'CA', isCa: true });

    expect(loadCa(`${cert}\n${cert}`)).toEqual({ ca: [cert, cert].map((pem) => pem.replaceAll('\r', '')) });
    expect(loadCa(x509.raw.toString('base64'))).toEqual({ ca: [cert.replaceAll('\r', '')] });
  });

  it.each([
    ['escaped', (cert: string) => cert.replaceAll('\n', '\\n')],
    ['blanks', (cert: string) => cert.replaceAll('\n', ' ')],
    ['missing, in base64', (cert: string) => Buffer.from(cert.replaceAll('\n', '')).toString('base64')],
  ])('is read from PEM whose line breaks are %s', (_, change) => {
    const { cert } = makeCertificate({ commonName: '', isCa: true });

    expect(loadCa(change(`${cert}${cert}`))).toEqual({ ca: [cert, cert] });
  });

  it.each([
    ['a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'contains no certificate'],
    ['a damaged one', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'cannot be read'],
    ['one that is cut off', '-----BEGIN CERTIFICATE-----\nAAAA', 'is cut off'],
    ['a file that isn’t there', 'nowhere.pem', 'ENOENT'],
  ])('is refused: %s', (_, text, expected) => {
    expect(loadCa(text)).toEqual({ error: expect.stringContaining(expected) });
  });
});

describe('a gateway endpoint', () => {
  it.each([
    ['https://cluster.example.com:19080', true],
    ['https://cluster.example.com:443/', true],
    ['http://localhost:19080', false],
    ['https://[::1]:19080', true],
    ['HTTPS://10.0.0.1:19080', true],
  ])('%s is accepted', (text, hasCredentials) => {
    expect(parseGatewayEndpoint(text, hasCredentials)).toEqual({ endpoint: new URL(text) });
  });

  it.each([
    ['https://cluster.example.com', 'which has no port'],
    ['https://cluster.example.com/', 'which has no port'],
    ['https://cluster.example.com:19080/Explorer', 'does not end after the port'],
    ['https://cluster.example.com:19080?a=b', 'does not end after the port'],
    ['http://cluster.example.com:19080', 'unencrypted'],
    ['ftp://cluster.example.com:19080', 'neither http nor https'],
    ['cluster.example.com:19080', 'neither http nor https'],
    ['cluster', 'not a URL'],
    ['https://cluster:99999', 'not a URL'],
    ['https://cluster:19080/#', 'does not end after the port'],
  ])('%s is refused: %s', (text, expected) => {
    expect(parseGatewayEndpoint(text, true)).toEqual({ error: expect.stringContaining(expected) });
  });

  it('with a password is refused, and the password is not shown', () => {
    const result = parseGatewayEndpoint('https://admin:secret@cluster:19080', true);

    expect(result).toEqual({ error: expect.stringContaining('user name or password') });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

describe('a secret in a gateway endpoint', () => {
  it.each([
    'https://cluster:19080?sig=secret',
    'https://cluster:19080/?sv=1&sig=secret',
    'https://cluster:19080/path#secret',
    'cluster?sig=secret',
    'cluster;AccountKey=secret',
    'ftp://cluster/%3Fsig%3Dsecret',
  ])('is not shown: %s', (text) => {
    const result = parseGatewayEndpoint(text, true);

    expect(result).toEqual({ error: expect.stringContaining('cluster') });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

describe('the scope of a token', () => {
  const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';

  it.each([ID, `${ID}/.default`, 'api://cluster/x', 'https://cluster.example.com/.default'])(
    '%s is accepted',
    (text) => {
      expect(parseEntraScope(text)).toEqual({ scope: `${text.replace('/.default', '')}/.default` });
    },
  );

  it.each(['', 'cluster', 'a b', '/.default', `${ID}/.default/.default/x`])('%j is refused', (text) => {
    expect(parseEntraScope(text)).toEqual({ error: expect.any(String) });
  });

  it('is the cluster application of the cluster’s metadata', () => {
    expect(readMetadataScope(JSON.stringify({ type: 'aad', metadata: { cluster: ID } }))).toEqual({
      scope: `${ID}/.default`,
    });
  });

  it.each([
    '',
    'null',
    '{}',
    '{"metadata":null}',
    '{"metadata":{"cluster":""}}',
    '{"metadata":{"cluster":"https://management.azure.com"}}',
    '<html>',
  ])('is not read from %j', (body) => {
    expect(readMetadataScope(body)).toEqual({ error: expect.any(String) });
  });
});
