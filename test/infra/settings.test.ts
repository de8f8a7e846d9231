import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makeCertificate } from '../../src/local/certificates/makeCertificate.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { settingsWarnings } from '../../src/settings/settingsWarnings.ts';
import { readTelemetrySettings } from '../../src/settings/telemetry.ts';
import { appSettings, CLIENT_ID, ofType, readSnapshot, WAYS_IN, type WayIn } from './snapshot.ts';

const LOCAL_SETTINGS = resolve(import.meta.dirname, '../../local.settings.json');

/** The settings as the app finds them: the platform puts the secret where its reference was. */
async function resolved(wayIn: WayIn): Promise<Record<string, string>> {
  const settings = appSettings(wayIn);
  if (wayIn !== 'certificate') return settings;
  const { cert, key } = await makeCertificate({ commonName: 'sweeper' });
  return { ...settings, CLUSTER_CLIENT_CERTIFICATE: Buffer.from(`${cert}\n${key}`).toString('base64') };
}

describe.each(WAYS_IN)('the app settings of a deployment with authentication %s', (wayIn) => {
  it('are accepted by the app, and give it nothing to warn about', async () => {
    const given = await resolved(wayIn);

    const settings = readSettings(given);

    expect(settingsWarnings(settings, new Date(), given)).toEqual([]);
    expect(settings.storage.connection).toMatchObject({ managedIdentity: true, clientId: CLIENT_ID });
    expect(settings.cluster.access.clientCertificate !== undefined).toBe(wayIn === 'certificate');
    expect(settings.cluster.access.entra?.clientId).toBe(wayIn === 'entra' ? CLIENT_ID : undefined);
  });

  it('send metrics and traces to the component with the identity', async () => {
    const telemetry = readTelemetrySettings(await resolved(wayIn));

    expect(telemetry.warnings).toEqual([]);
    expect(telemetry.azureMonitor).toMatch(/instrumentationkey=11111111-2222-4333-8444-555555555555/i);
    expect(telemetry.azureMonitorIdentity).toEqual({ clientId: CLIENT_ID });
  });
});

it('the app settings of a deployment are the defaults of the app where nothing else is given', () => {
  const { Values: defaults } = JSON.parse(readFileSync(LOCAL_SETTINGS, 'utf8')) as { Values: Record<string, string> };
  const given = /^(CLUSTER_ENDPOINTS|APPLICATIONINSIGHTS_.*)$/;

  const deployed = Object.entries(appSettings('none')).filter(([name]) => name in defaults && !given.test(name));

  expect(deployed.length).toBeGreaterThan(15);
  expect(deployed).toEqual(deployed.map(([name]) => [name, defaults[name]]));
});

it('more settings reach the app', () => {
  expect(readSettings(appSettings('entra')).sweep.limit).toBe(5000);
});

describe('the client certificate of a deployment', () => {
  it('is a reference without a version, read with the identity of the app', () => {
    const reference = appSettings('certificate')['CLUSTER_CLIENT_CERTIFICATE'];
    const [app] = ofType(readSnapshot('certificate'), 'Microsoft.Web/sites');

    expect(reference).toBe('@Microsoft.KeyVault(SecretUri=https://kv-example.vault.azure.net/secrets/sweeper)');
    expect(app?.properties?.['keyVaultReferenceIdentity']).toMatch(/\/userAssignedIdentities\/id-/);
  });
});
