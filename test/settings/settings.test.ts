import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sweepQueue, sweepSchedule } from '../../src/settings/registrationSettings.ts';
import { readSettings, SettingsError, settingsWarnings } from '../../src/settings/settings.ts';

const WORKING = { CLUSTER_ENDPOINTS: 'http://localhost:19080', AzureWebJobsStorage: 'UseDevelopmentStorage=true' };

function faultsOf(settings: Record<string, string | undefined>): string[] {
  try {
    readSettings({ ...WORKING, ...settings });
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('the app settings', () => {
  it('need only the cluster and the storage; the rest has the documented defaults', () => {
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
        verifyActivity: true,
        maxAttempts: 8,
        maxClockSkewMs: 300_000,
      },
    });
  });

  it('are reported all at once when they are wrong, each by its name with an example of what is right', () => {
    const faults = faultsOf({
      CLUSTER_ENDPOINTS: '',
      STALE_AFTER: '15',
      SWEEP_DRY_RUN: 'dry',
      VERIFY_ACTIVITY: 'on',
      OUTCOME_RETENTION: '1h',
      AzureWebJobsStorage: '',
    });

    expect(faults).toEqual([
      expect.stringMatching(/^CLUSTER_ENDPOINTS is missing.*http:\/\/localhost:19080/),
      expect.stringMatching(/^STALE_AFTER is "15".*15m/),
      expect.stringMatching(/^SWEEP_DRY_RUN is "dry".*true or false/),
      expect.stringMatching(/^VERIFY_ACTIVITY is "on".*true or false/),
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
      expect(faultsOf({ CLUSTER_TIMEOUT: value })).toEqual([
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
    expect(faultsOf({ STALE_AFTER: value })).toHaveLength(1);
  });

  it('count an emptied setting as missing', () => {
    expect(faultsOf({ STALE_AFTER: '', CLUSTER_ID: ' ', SWEEP_SCHEDULE: '' })).toEqual([]);
  });

  it.each(['0 */5 * * * *', '*/30 * * * * *', '0 0 3 * * Mon-Fri', '*/5 * * * *'])('take the schedule %s', (value) => {
    expect(faultsOf({ SWEEP_SCHEDULE: value })).toEqual([]);
    expect(sweepSchedule({ SWEEP_SCHEDULE: value })).toBe('%SWEEP_SCHEDULE%');
  });

  it('schedule the sweep by default where the setting is missing, for an unresolved one would leave no timer', () => {
    expect(sweepSchedule({})).toBe('0 */5 * * * *');
    expect(sweepSchedule({ SWEEP_SCHEDULE: ' ' })).toBe('0 */5 * * * *');
  });

  it('find a connection as Functions does: AzureWebJobsX before X', () => {
    const settings = { SESSION_STORAGE: 'Sessions', AzureWebJobsSessions: 'AccountName=a', Sessions: 'AccountName=b' };

    expect(readSettings({ ...WORKING, ...settings }).storage.connection).toEqual({ connectionString: 'AccountName=a' });
    expect(faultsOf({ SESSION_STORAGE: 'Other' })).toEqual([expect.stringMatching(/^Other is missing/)]);
  });

  it('never show what a connection or a URL with a password holds', () => {
    const secret = 'c2VjcmV0';
    const faults = faultsOf({
      AzureWebJobsStorage: `Endpoint=sb://x;Key=${secret}`,
      SESSION_STORAGE: `AccountName=a;AccountKey=${secret}`,
      CLUSTER_ENDPOINTS: `http://admin:${secret}@cluster:19080`,
    });

    expect(faults.length).toBeGreaterThanOrEqual(2);
    expect(faults.join()).not.toContain(secret);
  });

  it.each([
    ['a way in that is none', { CLUSTER_AUTH: 'password' }, /^CLUSTER_AUTH is "password"/],
    ['certificate without one', { CLUSTER_AUTH: 'certificate' }, /^CLUSTER_CLIENT_CERTIFICATE is missing/],
    ['credentials over http', { CLUSTER_AUTH: 'entra', CLUSTER_ENDPOINTS: 'http://c:19080' }, /in the clear/],
    ['an endpoint with a path', { CLUSTER_ENDPOINTS: 'https://c:19080/Explorer' }, /must end after the port/],
    ['an endpoint without a port', { CLUSTER_ENDPOINTS: 'https://cluster.example.com' }, /19080/],
    ['an unknown scheme', { CLUSTER_ENDPOINTS: 'net.tcp://c:19000' }, /neither http nor https/],
    ['a thumbprint that is too short', { CLUSTER_SERVER_THUMBPRINTS: 'abcd' }, /40 \(SHA-1\) or 64/],
    [
      'pins over http',
      { CLUSTER_ENDPOINTS: 'http://c:19080', CLUSTER_SERVER_COMMON_NAMES: 'c' },
      /no certificate to check/,
    ],
    ['issuers without names', { CLUSTER_SERVER_ISSUER_THUMBPRINTS: 'ab'.repeat(20) }, /CLUSTER_SERVER_COMMON_NAMES/],
    ['a client id that is none', { CLUSTER_AUTH: 'entra', CLUSTER_ENTRA_CLIENT_ID: 'me' }, /^CLUSTER_ENTRA_CLIENT_ID/],
    ['no scope', { CLUSTER_AUTH: 'entra' }, /^CLUSTER_ENTRA_SCOPE is missing/],
    ['a scope that is none', { CLUSTER_AUTH: 'entra', CLUSTER_ENTRA_SCOPE: 'all of it' }, /^CLUSTER_ENTRA_SCOPE/],
    ['a private authority that is no certificate', { CLUSTER_CA: '/nowhere.pem' }, /^CLUSTER_CA/],
  ])('refuse %s with an error of its own', (_, settings, fault) => {
    const faults = faultsOf({ CLUSTER_ENDPOINTS: 'https://c:19080', ...settings });

    expect(faults.some((one) => fault.test(one))).toBe(true);
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

  it('take a storage account by identity, over https only', () => {
    const storage = (section: object) =>
      readSettings({ ...WORKING, AzureWebJobsStorage: undefined, ...section }).storage.connection;

    expect(storage({ AzureWebJobsStorage__accountName: 'builds' })).toEqual({
      tableServiceUri: 'https://builds.table.core.windows.net',
      managedIdentity: false,
    });
    const uri = 'https://builds.table.core.windows.net';
    const section = { Own__tableServiceUri: uri, Own__credential: 'managedidentity', Own__clientId: 'id' };
    expect(storage({ SESSION_STORAGE: 'Own', ...section })).toEqual({
      tableServiceUri: uri,
      managedIdentity: true,
      clientId: 'id',
    });
    for (const wrong of ['http://builds.table.core.windows.net', `${uri}?sig=abc`, 'builds']) {
      expect(faultsOf({ AzureWebJobsStorage: '', AzureWebJobsStorage__tableServiceUri: wrong })).toEqual([
        expect.stringMatching(/^AzureWebJobsStorage__tableServiceUri must be an https URL/),
      ]);
    }
  });

  it('leave sweeps in one piece unless they are to be fanned out', () => {
    expect(readSettings(WORKING).fanOut).toBe(false);
    expect(readSettings({ ...WORKING, SWEEP_FAN_OUT: 'True' }).fanOut).toBe(true);
    expect(faultsOf({ SWEEP_FAN_OUT: 'yes' })).toEqual([
      expect.stringMatching(/^SWEEP_FAN_OUT is "yes".*true or false/),
    ]);
  });

  it.each([
    [undefined, 'upload-session-sweeps'],
    ['', 'upload-session-sweeps'],
    [' own-queue ', 'own-queue'],
    ['a'.repeat(56), 'a'.repeat(56)],
  ])('name the queue of a fanned-out sweep: %j', (SWEEP_QUEUE, name) => {
    expect(faultsOf({ SWEEP_QUEUE })).toEqual([]);
    expect(sweepQueue({ SWEEP_QUEUE })).toBe(name);
  });

  it.each(['Own', 'own_queue', 'own--queue', '-own', 'own-', 'ow', 'a'.repeat(57), '%OWN%'])(
    'refuse the queue name %j, and have the functions register under the default one',
    (SWEEP_QUEUE) => {
      expect(faultsOf({ SWEEP_QUEUE })).toEqual([expect.stringMatching(/^SWEEP_QUEUE is .*queue name of 3 to 56/)]);
      expect(sweepQueue({ SWEEP_QUEUE })).toBe('upload-session-sweeps');
    },
  );

  it('warn of a STALE_AFTER beyond the image store’s own expiry, of sweeps unguarded, dry, or fanned out in vain', () => {
    const warned = (settings: object) => settingsWarnings(readSettings({ ...WORKING, ...settings }));

    expect(warned({})).toEqual([]);
    expect(warned({ STALE_AFTER: '30m' })).toEqual([expect.stringContaining('notFound')]);
    expect(warned({ VERIFY_ACTIVITY: 'false' })).toEqual([expect.stringContaining('VERIFY_ACTIVITY')]);
    expect(warned({ SWEEP_DRY_RUN: 'true' })).toEqual([expect.stringContaining('change nothing')]);
    expect(warned({ SWEEP_FAN_OUT: 'true' })).toEqual([expect.stringContaining('SESSION_SHARDS')]);
    expect(warned({ SWEEP_FAN_OUT: 'true', SESSION_SHARDS: '16' })).toEqual([]);
  });

  it('end in settings or in a SettingsError, whatever they hold', () => {
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
      'VERIFY_ACTIVITY',
      'MAX_ATTEMPTS',
      'OUTCOME_RETENTION',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' })), (settings) => {
        expect(faultsOf(settings).every((fault) => fault.length < 400)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
