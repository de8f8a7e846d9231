import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sweepQueue, sweepSchedule } from '../../src/settings/registrationSettings.ts';
import { schema } from '../../src/settings/schema.ts';
import { readSettings, SettingsError } from '../../src/settings/settings.ts';
import { settingsWarnings } from '../../src/settings/settingsWarnings.ts';
import { openTable } from '../../src/storage/table.ts';
import { makeCertificate } from '../imageStore/certificates.ts';

const WORKING = { CLUSTER_ENDPOINTS: 'http://localhost:19080', AzureWebJobsStorage: 'UseDevelopmentStorage=true' };

function errorsOf(settings: Record<string, string | undefined>): string[] {
  try {
    readSettings({ ...WORKING, ...settings });
  } catch (error) {
    if (error instanceof SettingsError) return error.errors;
    throw error;
  }
  return [];
}

const CLIENT_ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';

describe('the app settings', () => {
  it('require only the cluster and the storage; all others have the documented defaults', () => {
    expect(readSettings(WORKING)).toMatchObject({
      cluster: { name: 'default', timeoutSeconds: 60 },
      storage: {
        tables: { sessions: 'UploadSessions', outcomes: 'UploadSessionOutcomes', runs: 'SweepRuns' },
        shards: 1,
      },
      sweep: {
        staleAfterMs: 900_000,
        concurrency: 32,
        limit: 0,
        timeBudgetMs: 240_000,
        maxAttempts: 8,
        maxClockSkewMs: 300_000,
      },
    });
  });

  it('are all reported at once if they are invalid, each by its name with an example', () => {
    const errors = errorsOf({
      CLUSTER_ENDPOINTS: '',
      STALE_AFTER: '15',
      SWEEP_DRY_RUN: 'dry',
      OUTCOME_RETENTION: '1h',
      AzureWebJobsStorage: '',
    });

    expect(errors).toEqual([
      expect.stringMatching(/^CLUSTER_ENDPOINTS is missing.*http:\/\/localhost:19080/),
      expect.stringMatching(/^STALE_AFTER is "15".*15m/),
      expect.stringMatching(/^SWEEP_DRY_RUN is "dry".*true or false/),
      expect.stringMatching(/^OUTCOME_RETENTION is "1h".*from 1d to 3650d, such as 90d/),
      expect.stringMatching(/^AzureWebJobsStorage is missing.*UseDevelopmentStorage=true/),
    ]);
  });

  it.each(['1', '60', '4294967295', ' 7 '])('take CLUSTER_TIMEOUT %j', (CLUSTER_TIMEOUT) => {
    expect(readSettings({ ...WORKING, CLUSTER_TIMEOUT }).cluster.timeoutSeconds).toBe(Number(CLUSTER_TIMEOUT));
  });

  it.each(['0', '4294967296', '-1', '1.5', '1e3', '0x10', '60s', 'Infinity', '６'])(
    'refuse CLUSTER_TIMEOUT %j',
    (value) => {
      expect(errorsOf({ CLUSTER_TIMEOUT: value })).toEqual([
        expect.stringMatching(/^CLUSTER_TIMEOUT is .*1 to 4294967295/),
      ]);
    },
  );

  it.each([
    ['60s', 60_000],
    ['15m', 900_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
  ])('read the duration %s', (STALE_AFTER, staleAfterMs) => {
    expect(readSettings({ ...WORKING, STALE_AFTER }).sweep.staleAfterMs).toBe(staleAfterMs);
  });

  it.each(['15', 'm', '15 minutes', '-5m', '0m', '59s', '31d', '1y', '5ms'])('refuse the duration %j', (value) => {
    expect(errorsOf({ STALE_AFTER: value })).toHaveLength(1);
  });

  it('treat an empty setting as missing', () => {
    expect(errorsOf({ STALE_AFTER: '', CLUSTER_ID: ' ', SWEEP_SCHEDULE: '' })).toEqual([]);
  });

  it.each([
    '0 */5 * * * *',
    '*/30 * * * * *',
    '0 0 3 * * Mon-Fri',
    '0 0 3 1 January,Jul *',
    '0 59 23 31 12 6',
    '*/5 * * * *',
  ])('take the schedule %s', (value) => {
    expect(errorsOf({ SWEEP_SCHEDULE: value })).toEqual([]);
    expect(sweepSchedule({ SWEEP_SCHEDULE: value })).toBe('%SWEEP_SCHEDULE%');
  });

  it.each([
    '0 0 24 * * *',
    '0 60 * * * *',
    '60 * * * * *',
    '0 0 0 0 * *',
    '0 0 0 32 * *',
    '0 0 0 1 13 *',
    '0 0 0 * * 7',
    '0 0 0 * * 1-7',
    '0 0 0 1 Foo *',
    '0 0 0 * * Mo',
    '0 0 0 * * Monday-Funday',
    '0 0 0 * Mon *',
    '0 0 0 31 2 *',
    '0 0 Jan * * *',
    '@daily',
    '00:05:00',
    '0 0 12 ? * MON',
    '0 0 12 L * *',
    '0 0 12 15W * *',
    '0 0 12 * * 2#1',
    '* * * *',
    '0 0 0 * * * 2026',
    '0 */0 * * * *',
  ])('reject the schedule %s, with which the host would start without the timer', (value) => {
    expect(errorsOf({ SWEEP_SCHEDULE: value })).toEqual([expect.stringMatching(/^SWEEP_SCHEDULE is .*NCRONTAB/)]);
  });

  it('register the default schedule if the setting is missing, since the host would start without the timer', () => {
    expect(sweepSchedule({})).toBe('0 */5 * * * *');
    expect(sweepSchedule({ SWEEP_SCHEDULE: ' ' })).toBe('0 */5 * * * *');
  });

  it('find a connection as Functions does: AzureWebJobsX before X', () => {
    const [first, second] = ['a', 'b'].map((name) => `AccountName=${name};AccountKey=YQ==`);
    const settings = { SESSION_STORAGE: 'Sessions', AzureWebJobsSessions: first, Sessions: second };

    expect(readSettings({ ...WORKING, ...settings }).storage.connection).toEqual({
      connectionString: expect.stringContaining('AccountName=a;'),
    });
    expect(errorsOf({ SESSION_STORAGE: 'Other' })).toEqual([expect.stringMatching(/^Other is missing/)]);
  });

  it('never show a connection string, or a URL with a password', () => {
    const secret = 'c2VjcmV0';
    const errors = errorsOf({
      AzureWebJobsStorage: `Endpoint=sb://x;Key=${secret}`,
      SESSION_STORAGE: `AccountName=a;AccountKey=${secret}`,
      CLUSTER_ENDPOINTS: `http://admin:${secret}@cluster:19080`,
    });

    expect(errors.length).toBeGreaterThanOrEqual(2);
    expect(errors.join()).not.toContain(secret);
  });

  it.each([
    ...Object.keys(schema.entries),
    ...['CLUSTER_ENDPOINTS', 'CLUSTER_AUTH', 'CLUSTER_CA', 'CLUSTER_CLIENT_CERTIFICATE', 'CLUSTER_ENTRA_SCOPE'],
    ...['CLUSTER_ENTRA_CLIENT_ID', 'CLUSTER_SERVER_THUMBPRINTS', 'CLUSTER_SERVER_COMMON_NAMES'],
    'CLUSTER_SERVER_ISSUER_THUMBPRINTS',
  ])('never show a secret that was pasted into %s', (name) => {
    const secret = 'pAq8Q~0123456789abcdefghijklmnopqrstuvwxyz';
    const pasted = ['', 'AccountKey=', 'Bearer ', '"', 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey='];
    const auths = ['none', 'certificate', 'entra'];

    for (const value of pasted.map((before) => before + secret)) {
      const errors = auths.flatMap((auth) => errorsOf({ CLUSTER_AUTH: auth, [name]: value }));
      expect(errors.join()).not.toContain(secret.slice(0, 9));
    }
  });

  it.each(['https://u:pa,s3cret@c:19080', 'https://c:19080?sv=1,s3cret', 'https://c:19080,c?sig=s3cret,s3cret'])(
    'show nothing of a secret in the endpoints, even behind a comma: %s',
    (CLUSTER_ENDPOINTS) => {
      const errors = errorsOf({ CLUSTER_ENDPOINTS });

      expect(errors).toEqual([expect.stringMatching(/^CLUSTER_ENDPOINTS has/)]);
      expect(errors.join()).not.toContain('s3cret');
    },
  );

  it.each([
    ['an unknown kind of authentication', { CLUSTER_AUTH: 'password' }, /^CLUSTER_AUTH is "password"/],
    [
      'certificate authentication without a certificate',
      { CLUSTER_AUTH: 'certificate' },
      /^CLUSTER_CLIENT_CERTIFICATE is missing/,
    ],
    ['credentials over http', { CLUSTER_AUTH: 'entra', CLUSTER_ENDPOINTS: 'http://c:19080' }, /unencrypted/],
    ['an endpoint with a path', { CLUSTER_ENDPOINTS: 'https://c:19080/Explorer' }, /does not end after the port/],
    ['an endpoint without a port', { CLUSTER_ENDPOINTS: 'https://cluster.example.com' }, /19080/],
    ['an unknown scheme', { CLUSTER_ENDPOINTS: 'net.tcp://c:19000' }, /neither http nor https/],
    ['a thumbprint that is too short', { CLUSTER_SERVER_THUMBPRINTS: 'abcd' }, /40 hex digits \(SHA-1\) or 64/],
    [
      'pins over http',
      { CLUSTER_ENDPOINTS: 'http://c:19080', CLUSTER_SERVER_COMMON_NAMES: 'c' },
      /no certificate to check/,
    ],
    ['issuers without names', { CLUSTER_SERVER_ISSUER_THUMBPRINTS: 'ab'.repeat(20) }, /CLUSTER_SERVER_COMMON_NAMES/],
    [
      'a client id that is not a GUID',
      { CLUSTER_AUTH: 'entra', CLUSTER_ENTRA_CLIENT_ID: 'me' },
      /^CLUSTER_ENTRA_CLIENT_ID/,
    ],
    ['no scope', { CLUSTER_AUTH: 'entra' }, /^CLUSTER_ENTRA_SCOPE is missing/],
    ['an invalid scope', { CLUSTER_AUTH: 'entra', CLUSTER_ENTRA_SCOPE: 'all of it' }, /^CLUSTER_ENTRA_SCOPE/],
    ['a private authority that is not a certificate', { CLUSTER_CA: '/nowhere.pem' }, /^CLUSTER_CA/],
  ])('reject %s with its own error', (_, settings, error) => {
    const errors = errorsOf({ CLUSTER_ENDPOINTS: 'https://c:19080', ...settings });

    expect(errors.some((one) => error.test(one))).toBe(true);
  });

  it('take several endpoints, and a thumbprint as it was pasted', () => {
    const { access } = readSettings({
      ...WORKING,
      CLUSTER_ENDPOINTS: 'https://a:19080, https://b:19080',
      CLUSTER_SERVER_THUMBPRINTS: `\u200e${'ab:cd '.repeat(10)}`,
    }).cluster;

    expect(access.endpoints.map(({ host }) => host)).toEqual(['a:19080', 'b:19080']);
    expect(access.serverIdentity.thumbprints).toEqual(['ABCD'.repeat(10)]);
  });

  it('accept a storage account with an identity, over https only', () => {
    const storage = (section: object) =>
      readSettings({ ...WORKING, AzureWebJobsStorage: undefined, ...section }).storage.connection;

    expect(storage({ AzureWebJobsStorage__accountName: 'builds' })).toEqual({
      tableServiceUri: 'https://builds.table.core.windows.net',
      managedIdentity: false,
    });
    const uri = 'https://builds.table.core.windows.net';
    const section = { Own__tableServiceUri: uri, Own__credential: 'managedidentity', Own__clientId: CLIENT_ID };
    expect(storage({ SESSION_STORAGE: 'Own', ...section })).toEqual({
      tableServiceUri: uri,
      managedIdentity: true,
      clientId: CLIENT_ID,
    });
    const userinfo = 'https://:c2VjcmV0@builds.table.core.windows.net';
    for (const wrong of [uri.replace('https', 'http'), `${uri}?sig=abc`, `${uri}#a`, userinfo, 'builds']) {
      expect(errorsOf({ AzureWebJobsStorage: '', AzureWebJobsStorage__tableServiceUri: wrong })).toEqual([
        expect.stringMatching(/^AzureWebJobsStorage__tableServiceUri is invalid, expected the https URL/),
      ]);
    }
  });

  it.each([
    [
      'the form of the first example, without protocol and suffix',
      'AccountName=builds;AccountKey=YWJj',
      'https://builds.table.core.windows.net',
    ],
    [
      'names in any case, blanks and empty parts',
      ' accountkey = YWJj ;; ACCOUNTNAME=builds; ',
      'https://builds.table.core.windows.net',
    ],
    [
      'another cloud',
      'AccountName=a;AccountKey=YWI=;EndpointSuffix=core.chinacloudapi.cn',
      'https://a.table.core.chinacloudapi.cn',
    ],
    [
      'an endpoint of its own',
      'AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:10002/a',
      'http://127.0.0.1:10002/a',
    ],
    [
      'a signature',
      'TableEndpoint=https://a.table.core.windows.net;SharedAccessSignature=?sv=2020&sig=a%3D',
      'https://a.table.core.windows.net;SharedAccessSignature=sv=2020&sig=a%3D',
    ],
  ])('take a connection string in %s', (_, AzureWebJobsStorage, endpoint) => {
    const { connection } = readSettings({ ...WORKING, AzureWebJobsStorage }).storage;

    expect(connection).toEqual({ connectionString: expect.stringContaining(`TableEndpoint=${endpoint}`) });
    expect(() => openTable(connection, 'Sessions')).not.toThrow();
  });

  it.each([
    ['AccountName=a', /has no AccountKey, and no SharedAccessSignature/],
    ['AccountKey=YQ==', /has neither AccountName nor TableEndpoint/],
    ['TableEndpoint=https://a.table.core.windows.net;AccountKey=c2VjcmV0', /has no AccountName/],
    ['AccountName=a;AccountKey=c2VjcmV0;accountname=b', /has accountname twice/],
    ['AccountName=a;AccountKey=c2VjcmV0!', /AccountKey that is not base64/],
    ['AccountName=a;AccountKey=c2VjcmV0c2', /AccountKey that is not base64/],
    ['AccountName=a;c2VjcmV0', /not of the form name=value/],
    ['"AccountName=a;AccountKey=c2VjcmV0"', /is in quotes/],
    ["'UseDevelopmentStorage=true'", /is in quotes/],
    ['AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net"', /EndpointSuffix that is not a domain name/],
    ['AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=https://core.windows.net', /EndpointSuffix that is not/],
    ['AccountName=other.example/?;AccountKey=c2VjcmV0', /AccountName that is not the name of a storage account/],
    ['AccountName=a@other.example;AccountKey=c2VjcmV0', /AccountName that is not the name of a storage account/],
    ['AccountName=a\u200b;AccountKey=c2VjcmV0', /AccountName that is not the name of a storage account/],
    ['AccountName=a;AccountKey=YQ==;TableEndpoint=https://b:c2VjcmV0@a.example', /TableEndpoint with a user name/],
    [
      'TableEndpoint=https://a.example/?sig=c2VjcmV0;SharedAccessSignature=sig=YQ',
      /TableEndpoint with a user name, a query/,
    ],
    ['TableEndpoint=https://a.example;SharedAccessSignature="sv=1&sig=c2VjcmV0"', /without a valid sig/],
    ['TableEndpoint=https://a.example;SharedAccessSignature=sv=1', /without a valid sig: is it cut off/],
    ['UseDevelopmentStorage=true;TableEndpoint=https://a.example', /other parts beside UseDevelopmentStorage/],
    [
      'DefaultEndpointsProtocol=ftp;AccountName=a;AccountKey=c2VjcmV0',
      /DefaultEndpointsProtocol other than http or https/,
    ],
    ['UseDevelopmentStorage=false', /UseDevelopmentStorage other than true/],
    [
      'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://c2VjcmV0',
      /DevelopmentStorageProxyUri, which is not supported/,
    ],
    ['AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=https://a.table.cosmos.azure.com:443/', /Cosmos DB/],
    ['AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=cosmos.azure.com', /Cosmos DB/],
    [
      'BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=c2VjcmV0',
      /neither AccountName nor TableEndpoint/,
    ],
  ])('refuse the connection string %s, and name the part that is wrong', (AzureWebJobsStorage, reason) => {
    const errors = errorsOf({ AzureWebJobsStorage });

    expect(errors).toEqual([expect.stringMatching(reason)]);
    expect(errors[0]).toMatch(/^AzureWebJobsStorage /);
    expect(errors.join()).not.toContain('c2VjcmV0');
  });

  it('refuse a client id that is not a GUID, which no identity has', () => {
    const section = { AzureWebJobsStorage__accountName: 'builds', AzureWebJobsStorage__clientId: '"c2VjcmV0"' };

    expect(errorsOf({ AzureWebJobsStorage: '', ...section })).toEqual([
      'AzureWebJobsStorage__clientId is not a GUID, expected the client id of a managed identity.',
    ]);
  });

  it('have names in any case, as for the host, and the exact one takes precedence', () => {
    const { AzureWebJobsStorage: storage, ...others } = WORKING;
    const given = { ...others, Sweep_Dry_Run: 'true', azurewebjobsstorage: storage };

    expect(readSettings(given).sweep.dryRun).toBe(true);
    expect(readSettings({ ...given, SWEEP_DRY_RUN: 'false' }).sweep.dryRun).toBe(false);
    expect(sweepSchedule({ sweep_schedule: '0 0 * * * *' })).toBe('%SWEEP_SCHEDULE%');
    expect(sweepQueue({ Sweep_Queue: 'farm' })).toBe('farm');
  });

  it.each([
    ['CLUSTER_NAME', '"farm"', /not in quotes/],
    ['CLUSTER_NAME', "'farm'", /not in quotes/],
    ['CLUSTER_NAME', 'farm\u00a0de', /is "farm\\u00a0de", expected/],
    ['CLUSTER_NAME', 'farm\u200b', /is "farm\\u200b", expected/],
    ['CLUSTER_ID', '"farm"', /not in quotes/],
    ['SWEEP_DRY_RUN', 'true\u200b', /is "true\\u200b", expected true or false/],
  ])('refuse %s with the value %j', (name, value, reason) => {
    expect(errorsOf({ [name]: value })).toEqual([expect.stringMatching(reason)]);
  });

  it('reject the URI of a Cosmos DB account', () => {
    const uri = 'https://a.table.cosmos.azure.com:443/';
    expect(errorsOf({ AzureWebJobsStorage: '', AzureWebJobsStorage__tableServiceUri: uri })).toEqual([
      expect.stringMatching(/Cosmos DB/),
    ]);
  });

  it.each(['managedIdentityResourceId', 'managedIdentityObjectId', 'clientSecret', 'tenantId'])(
    'refuse the property __%s of a connection, which would silently be another identity',
    (property) => {
      const section = { AzureWebJobsStorage__accountName: 'builds', [`AzureWebJobsStorage__${property}`]: 'c2VjcmV0' };
      const errors = errorsOf({ AzureWebJobsStorage: '', ...section });

      expect(errors).toEqual([expect.stringMatching(new RegExp(`^AzureWebJobsStorage__${property} is not supported`))]);
      expect(errors.join()).not.toContain('c2VjcmV0');
    },
  );

  it.each([
    'CLUSTER_NAME',
    'AzureWebJobsStorage',
    'CLUSTER_ENDPOINTS',
    'CLUSTER_ENTRA_SCOPE',
    'STALE_AFTER',
    'SESSION_STORAGE',
  ])('report an unresolved Key Vault reference in %s once', (name) => {
    const reference = '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s/)';
    const errors = errorsOf({
      CLUSTER_ENDPOINTS: 'https://c:19080',
      CLUSTER_AUTH: 'entra',
      CLUSTER_ENTRA_SCOPE: 'api://c',
      [name]: reference,
    });

    expect(errors).toEqual([
      expect.stringMatching(new RegExp(`^${name} is a Key Vault reference that the platform has not resolved`)),
    ]);
  });

  it('report a certificate that is an unresolved reference, and no error about its password', () => {
    const reference = '@Microsoft.KeyVault(VaultName=v;SecretName=s)';
    const errors = errorsOf({
      CLUSTER_ENDPOINTS: 'https://c:19080',
      CLUSTER_AUTH: 'certificate',
      CLUSTER_CLIENT_CERTIFICATE: reference,
      CLUSTER_CLIENT_CERTIFICATE_PASSWORD: reference,
    });

    expect(errors).toEqual([expect.stringMatching(/^CLUSTER_CLIENT_CERTIFICATE is a Key Vault reference/)]);
  });

  it('report a password that is an unresolved reference, and no error about the certificate', () => {
    const { cert, privateKey } = makeCertificate({ commonName: 'sweeper' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' });
    const errors = errorsOf({
      CLUSTER_ENDPOINTS: 'https://c:19080',
      CLUSTER_AUTH: 'certificate',
      CLUSTER_CLIENT_CERTIFICATE: cert + String(key),
      CLUSTER_CLIENT_CERTIFICATE_PASSWORD: '@Microsoft.KeyVault(VaultName=v;SecretName=s)',
    });

    expect(errors).toEqual([expect.stringMatching(/^CLUSTER_CLIENT_CERTIFICATE_PASSWORD is a Key Vault reference/)]);
  });

  it('report an unresolved reference to App Configuration in the same way', () => {
    expect(errorsOf({ STALE_AFTER: '@Microsoft.AppConfiguration(Endpoint=https://c.azconfig.io; Key=k)' })).toEqual([
      expect.stringMatching(/^STALE_AFTER is an App Configuration reference that the platform has not resolved/),
    ]);
  });

  it('report an unresolved reference in a part of a connection, and not the connection as missing', () => {
    const reference = '@Microsoft.KeyVault(VaultName=v;SecretName=s)';
    expect(errorsOf({ AzureWebJobsStorage: '', AzureWebJobsStorage__accountName: reference })).toEqual([
      expect.stringMatching(/^AzureWebJobsStorage__accountName is a Key Vault reference/),
    ]);
  });

  it('reject the same name for two tables, ignoring case as the service does', () => {
    expect(errorsOf({ RUN_TABLE: 'uploadsessions' })).toEqual([
      expect.stringMatching(/^SESSION_TABLE is the same table as RUN_TABLE/),
      expect.stringMatching(/^RUN_TABLE is the same table as SESSION_TABLE/),
    ]);
  });

  it('allow clocks to differ by a third of STALE_AFTER at most, and by less by default', () => {
    const skewOf = (settings: object) => readSettings({ ...WORKING, ...settings }).sweep.maxClockSkewMs;

    expect(skewOf({ STALE_AFTER: '2m' })).toBe(40_000);
    expect(skewOf({ STALE_AFTER: '1h' })).toBe(300_000);
    expect(skewOf({ STALE_AFTER: '2m', MAX_CLOCK_SKEW: '40s' })).toBe(40_000);
    expect(errorsOf({ STALE_AFTER: '2m', MAX_CLOCK_SKEW: '5m' })).toEqual([
      expect.stringMatching(/^MAX_CLOCK_SKEW is 300 s, expected at most a third of STALE_AFTER \(120 s\)/),
    ]);
  });

  it.each(['build~2', 'a/b', 'a\u202eb', 'a%2f', 'a#b'])('refuse the cluster name %j', (CLUSTER_NAME) => {
    expect(errorsOf({ CLUSTER_NAME })).toEqual([expect.stringMatching(/^CLUSTER_NAME is/)]);
  });

  it('do not fan sweeps out by default', () => {
    expect(readSettings(WORKING).fanOut).toBe(false);
    expect(readSettings({ ...WORKING, SWEEP_FAN_OUT: 'True' }).fanOut).toBe(true);
    expect(errorsOf({ SWEEP_FAN_OUT: 'yes' })).toEqual([
      expect.stringMatching(/^SWEEP_FAN_OUT is "yes".*true or false/),
    ]);
  });

  it.each([
    [undefined, 'upload-session-sweeps'],
    ['', 'upload-session-sweeps'],
    [' own-queue ', 'own-queue'],
    ['a'.repeat(56), 'a'.repeat(56)],
  ])('set the queue of a fanned-out sweep: %j', (SWEEP_QUEUE, name) => {
    expect(errorsOf({ SWEEP_QUEUE })).toEqual([]);
    expect(sweepQueue({ SWEEP_QUEUE })).toBe(name);
  });

  it.each(['Own', 'own_queue', 'own--queue', '-own', 'own-', 'ow', 'a'.repeat(57), '%OWN%'])(
    'refuse the queue name %j, and have the functions register under the default one',
    (SWEEP_QUEUE) => {
      expect(errorsOf({ SWEEP_QUEUE })).toEqual([expect.stringMatching(/^SWEEP_QUEUE is .*queue name of 3 to 56/)]);
      expect(sweepQueue({ SWEEP_QUEUE })).toBe('upload-session-sweeps');
    },
  );

  it('warn about a STALE_AFTER beyond the image store’s own expiry, VERIFY_ACTIVITY, SWEEP_DRY_RUN, and a fan-out without shards', () => {
    const warned = (settings: Record<string, string>) =>
      settingsWarnings(readSettings({ ...WORKING, ...settings }), new Date(), settings);

    expect(warned({})).toEqual([]);
    expect(warned({ STALE_AFTER: '30m' })).toEqual([expect.stringContaining('notFound')]);
    expect(warned({ VERIFY_ACTIVITY: 'false' })).toEqual([expect.stringContaining('VERIFY_ACTIVITY')]);
    expect(warned({ SWEEP_DRY_RUN: 'true' })).toEqual([expect.stringContaining('only report')]);
    expect(warned({ SWEEP_FAN_OUT: 'true' })).toEqual([expect.stringContaining('SESSION_SHARDS')]);
    expect(warned({ SWEEP_FAN_OUT: 'true', SESSION_SHARDS: '16' })).toEqual([]);
  });

  it('result in settings or in a SettingsError for every value', () => {
    const names = [
      'CLUSTER_NAME',
      'CLUSTER_ENDPOINTS',
      'CLUSTER_ID',
      'CLUSTER_TIMEOUT',
      'SESSION_STORAGE',
      'SESSION_TABLE',
      'SESSION_SHARDS',
      'SWEEP_SCHEDULE',
      'STALE_AFTER',
      'SWEEP_CONCURRENCY',
      'SWEEP_LIMIT',
      'SWEEP_DRY_RUN',
      'SWEEP_FAN_OUT',
      'SWEEP_QUEUE',
      'MAX_ATTEMPTS',
      'OUTCOME_RETENTION',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' })), (settings) => {
        expect(errorsOf(settings).every((error) => error.length < 400)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
