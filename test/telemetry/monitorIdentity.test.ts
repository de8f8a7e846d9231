import { createVerify, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../src/local/identity/identityEndpoint.ts';
import { readTelemetrySettings } from '../../src/settings/telemetry.ts';
import { azureMonitorExporters, monitorCredential } from '../../src/telemetry/azureMonitor.ts';
import { type AzureMonitorEndpoint, startAzureMonitorEndpoint } from '../support/azureMonitorEndpoint.ts';

const MONITOR = 'https://monitor.azure.com';
const USER_IDENTITY = '0d9f1f4e-5f0d-4d9c-8a3b-6f6c1c1f2a77';
const authorities = getCACertificates('default');

let identity: IdentityEndpoint;
let monitor: AzureMonitorEndpoint;

beforeAll(async () => {
  identity = await startIdentityEndpoint({ userIdentities: [USER_IDENTITY], resources: [MONITOR] });
  process.env['IDENTITY_ENDPOINT'] = identity.endpoint;
  process.env['IDENTITY_HEADER'] = identity.secret;
  monitor = await startAzureMonitorEndpoint(randomUUID(), undefined, isToken);
  setDefaultCACertificates([await readFile(monitor.caFile, 'utf8')]);
});

afterAll(async () => {
  setDefaultCACertificates(authorities);
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  await monitor.close();
  await identity.close();
});

// The library caches the endpoint and the tokens for the lifetime of the process.
beforeEach(() => {
  monitor.envelopes.length = 0;
});

/** Whether a header contains a token that the identity endpoint signed. */
function isToken(authorization = ''): boolean {
  const [, head = '', body = '', signature = ''] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization) ?? [];
  const verify = createVerify('RSA-SHA256').update(`${head}.${body}`);
  return signature !== '' && verify.verify(identity.publicKey, signature, 'base64url');
}

/** Sends one span with the credential of the settings. */
async function send(authentication?: string): Promise<string[]> {
  const said: string[] = [];
  const settings = readTelemetrySettings({
    APPLICATIONINSIGHTS_CONNECTION_STRING: monitor.connectionString,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: authentication,
  });
  const credential = settings.azureMonitorIdentity && (await monitorCredential(settings.azureMonitorIdentity));
  const { spans, metrics } = azureMonitorExporters(
    settings.azureMonitor ?? '',
    (sentence) => said.push(sentence),
    credential,
  );
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  provider.getTracer('test').startSpan('sweep').end();
  await provider.forceFlush();
  await Promise.all([provider.shutdown(), metrics.shutdown()]);
  return [...settings.warnings, ...said];
}

const names = () => monitor.envelopes.map(({ data }) => data.baseData['name']).filter((name) => name !== undefined);

describe('Application Insights that requires a token', () => {
  it.each([
    ['Authorization=AAD', null],
    [' authorization = aad ; ', null],
    [`ClientId=${USER_IDENTITY};Authorization=AAD`, USER_IDENTITY],
    [`AUTHORIZATION=AAD;clientid=${USER_IDENTITY.toUpperCase()};`, USER_IDENTITY],
  ])('accepts what is sent with %s', async (authentication, clientId) => {
    expect(await send(authentication)).toEqual([]);

    expect(names()).toEqual(['sweep']);
    expect((await identity.control.status()).asked).toContainEqual({ resource: MONITOR, clientId });
  });

  it.each(['AAD', 'Authorization=secret', 'ClientId=secret;Authorization=AAD', `ClientId=${USER_IDENTITY}`])(
    'gets no token with %s, with a warning that does not show the value',
    async (authentication) => {
      const said = await send(authentication);

      expect(said[0]).toMatch(/^APPLICATIONINSIGHTS_AUTHENTICATION_STRING is invalid, expected/);
      expect(said[1]).toMatch(/status 401/);
      expect(said.join()).not.toContain('secret');
      expect(names()).toEqual([]);
    },
  );

  it('rejects what is sent without a token, with a warning', async () => {
    expect(await send()).toEqual([expect.stringMatching(/status 401/)]);
  });
});
