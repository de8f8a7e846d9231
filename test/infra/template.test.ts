import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { STOP_REASONS } from '../../src/cleanup/model/stopReason.ts';
import { parseSchedule } from '../../src/settings/schedule.ts';
import { METRIC } from '../../src/telemetry/names.ts';
import { appSettings, ofType, type Resource, readInfra, readSnapshot, WAYS_IN, type WayIn } from './snapshot.ts';

const ROLE = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
};

/** The rules of the alerts of a deployment. */
interface Rule {
  windowSize: string;
  evaluationFrequency: string;
  criteria: { allOf: { query: string }[] };
  actions: { actionGroups: string[] };
}

const rulesOf = (wayIn: WayIn) =>
  ofType(readSnapshot(wayIn), 'Microsoft.Insights/scheduledQueryRules').map((one) => one.properties as unknown as Rule);

describe.each(WAYS_IN)('a deployment with authentication %s', (wayIn) => {
  const resources = readSnapshot(wayIn);
  const only = (type: string) => {
    const found = ofType(resources, type);
    expect(found).toHaveLength(1);
    return (found[0] as Resource).properties as Record<string, unknown>;
  };

  it('allows no shared key, no anonymous blob and no TLS below 1.2', () => {
    expect(only('Microsoft.Storage/storageAccounts')).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: 'TLS1_2',
      supportsHttpsTrafficOnly: true,
    });
    expect(only('Microsoft.Insights/components')).toMatchObject({ DisableLocalAuth: true });
    expect(only('Microsoft.OperationalInsights/workspaces')).toMatchObject({ features: { disableLocalAuth: true } });
    expect(only('Microsoft.Web/sites')).toMatchObject({ httpsOnly: true, siteConfig: { minTlsVersion: '1.2' } });
    const passwords = ofType(resources, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(passwords.map(({ name, properties }) => [name.split('/').at(-1), properties])).toEqual([
      ['ftp', { allow: false }],
      ['scm', { allow: false }],
    ]);
  });

  it('has one identity, which has all roles and which the app uses for everything', () => {
    const [identity] = ofType(resources, 'Microsoft.ManagedIdentity/userAssignedIdentities');
    const principals = ofType(resources, 'Microsoft.Authorization/roleAssignments').map(
      ({ properties }) => properties?.['principalId'],
    );
    const [site] = ofType(resources, 'Microsoft.Web/sites');
    const [blobs] = ofType(resources, 'Microsoft.Storage/storageAccounts/blobServices/containers');
    const [account, , container] = blobs?.name.split('/') ?? [];
    const [settings] = ofType(resources, 'Microsoft.Web/sites/config');

    expect(new Set(principals)).toEqual(new Set([`[reference('${identity?.id}', '2023-01-31').principalId]`]));
    expect(site).toMatchObject({
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identity?.id ?? '']: {} } },
    });
    expect(site?.properties).toMatchObject({
      keyVaultReferenceIdentity: identity?.id,
      functionAppConfig: {
        deployment: {
          storage: {
            value: `[format('https://{0}.blob.{1}/{2}', '${account}', environment().suffixes.storage, '${container}')]`,
            authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity?.id },
          },
        },
      },
    });
    const referenced = [...JSON.stringify(settings?.properties).matchAll(/reference\('([^']*)'/g)].map(([, id]) => id);
    const [insights] = ofType(resources, 'Microsoft.Insights/components');
    expect(new Set(referenced)).toEqual(new Set([identity?.id, insights?.id]));
  });

  it('is in the subnet that was given', () => {
    const { virtualNetworkSubnetId } = only('Microsoft.Web/sites');

    const subnet = /^param appSubnetId = '(.*)'$/m.exec(readInfra(`snapshots/${wayIn}.bicepparam`))?.[1];
    expect(virtualNetworkSubnetId ?? undefined).toBe(subnet);
  });

  it('assigns exactly the roles that the app needs, each at the resource it is for', () => {
    const assignments = ofType(resources, 'Microsoft.Authorization/roleAssignments').map(({ id, properties }) => [
      String(properties?.['roleDefinitionId']).split('/').at(-1),
      /^\[extensionResourceId\('([^']*)'/.exec(id)?.[1]?.split('/').slice(7, -1).join('/'),
    ]);

    const expected = [
      [ROLE.storageBlobDataOwner, 'storageAccounts'],
      [ROLE.storageQueueDataContributor, 'storageAccounts'],
      [ROLE.storageTableDataContributor, 'storageAccounts'],
      [ROLE.monitoringMetricsPublisher, 'components'],
      ...(wayIn === 'certificate' ? [[ROLE.keyVaultSecretsUser, 'vaults/kv-example/secrets']] : []),
    ];
    expect(assignments.sort()).toEqual(expected.sort());
  });

  it('has the tables and queues that the settings name, and no others', () => {
    const named = appSettings(wayIn);
    const lastParts = (type: string) => ofType(resources, type).map(({ name }) => name.split('/').at(-1));

    expect(lastParts('Microsoft.Storage/storageAccounts/tableServices/tables').sort()).toEqual(
      [named['SESSION_TABLE'], named['OUTCOME_TABLE'], named['RUN_TABLE']].sort(),
    );
    expect(lastParts('Microsoft.Storage/storageAccounts/queueServices/queues')).toEqual([
      named['SWEEP_QUEUE'],
      `${named['SWEEP_QUEUE']}-poison`,
    ]);
  });

  it('runs on Flex Consumption with Node 24, without the settings of older plans', () => {
    expect(only('Microsoft.Web/sites')).toMatchObject({
      functionAppConfig: { runtime: { name: 'node', version: '24' } },
    });
    const names = Object.keys(appSettings(wayIn));
    expect(names).not.toContain('FUNCTIONS_WORKER_RUNTIME');
    expect(names).not.toContain('FUNCTIONS_EXTENSION_VERSION');
  });

  it('tags everything that can have tags with the name of the environment', () => {
    const located = resources.filter((one) => 'location' in one);
    expect(located.length).toBeGreaterThan(5);
    for (const { tags } of located) expect(tags?.['azd-env-name']).toMatch(/^sweeper-/);
  });

  it('declares no virtual network and no DNS zone, which belong to others', () => {
    const types = resources.map(({ type }) => type);
    for (const type of types) expect(type).not.toMatch(/virtualNetworks|privateDnsZones$|privateDnsZones\//i);
  });

  it('alerts on nothing that the telemetry does not send', () => {
    const good = Object.entries(STOP_REASONS)
      .filter(([reason, { invocation }]) => invocation === 'succeeds' && !['fannedOut', 'aborted'].includes(reason))
      .map(([reason]) => reason);
    const queries = rulesOf(wayIn).map(({ criteria }) => criteria.allOf[0]?.query ?? '');

    const metrics = queries.flatMap((query) => query.match(/(?<=")upload_session_sweeper\.[^"]*(?=")/g) ?? []);
    expect(queries).toHaveLength(4);
    expect(metrics.sort()).toEqual(
      [METRIC.runDuration, METRIC.givenUp, METRIC.oldestStaleAge, METRIC.storeAvailable, METRIC.storeCapacity].sort(),
    );
    const named = /stopped_by\) in \(([^)]*)\)/.exec(queries.join('\n'))?.[1] ?? '';
    expect(
      named
        .split(', ')
        .map((one) => JSON.parse(one))
        .sort(),
    ).toEqual(good.sort());
    const dimensions = queries.join('\n').matchAll(/customDimensions\.(\w+)/g);
    expect(new Set([...dimensions].map(([, name]) => name))).toEqual(new Set(['trigger', 'stopped_by', 'partition']));
  });
});

describe('a deployment with private endpoints', () => {
  const resources = readSnapshot('entra');

  it('has no public access, and reaches blobs, queues and tables privately', () => {
    const [account] = ofType(resources, 'Microsoft.Storage/storageAccounts');
    const [app] = ofType(resources, 'Microsoft.Web/sites');
    const connections = ofType(resources, 'Microsoft.Network/privateEndpoints').map(({ properties }) => properties);

    expect(account?.properties).toMatchObject({
      publicNetworkAccess: 'Disabled',
      networkAcls: { defaultAction: 'Deny', bypass: 'None' },
    });
    expect(app?.properties).toMatchObject({ publicNetworkAccess: 'Disabled' });
    const groups = connections.map((one) => /"groupIds":\["(\w+)"\]/.exec(JSON.stringify(one))?.[1]);
    expect(groups.sort()).toEqual(['blob', 'queue', 'sites', 'table']);
    const zones = ofType(resources, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups');
    expect(zones).toHaveLength(4);
  });
});

describe('the alerts', () => {
  const table = schedulesOf(readInfra('schedules.bicep'));

  it('have an action group where an address is given, and none elsewhere', () => {
    for (const { actions } of rulesOf('none')) expect(actions.actionGroups).toEqual([]);
    for (const { actions } of rulesOf('entra')) expect(actions.actionGroups).toHaveLength(1);
  });

  it('follow the schedule', () => {
    expect(appSettings('none')['SWEEP_SCHEDULE']).toBe('0 */5 * * * *');
    expect(rulesOf('none').map(({ windowSize }) => windowSize)).toEqual(['PT30M', 'PT1H', 'PT30M', 'PT30M']);
    expect(appSettings('entra')['SWEEP_SCHEDULE']).toBe('0 0 * * * *');
    expect(rulesOf('entra').map(({ windowSize }) => windowSize)).toEqual(['PT3H', 'PT1H', 'PT3H', 'PT3H']);
  });

  it.each(WAYS_IN)('are checked at least once in each window, with authentication %s', (wayIn) => {
    for (const { windowSize, evaluationFrequency } of rulesOf(wayIn)) {
      expect(seconds(evaluationFrequency)).toBeLessThanOrEqual(seconds(windowSize));
    }
  });

  it('watch the free share of the disk that the parameter names', () => {
    const shareOf = (wayIn: WayIn) => /capacity \* (\d+)/.exec(JSON.stringify(rulesOf(wayIn)))?.[1];

    expect(shareOf('none')).toBe('10');
    expect(shareOf('entra')).toBe('25');
  });

  it('can be deployed alone with the command of docs/monitoring.md', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/monitoring.md'), 'utf8');
    const [, command = ''] = /^(az deployment group create .*?)^```/ms.exec(page) ?? [];

    const given = [...command.matchAll(/(\w+)=/g)].map(([, name]) => name);
    const declared = [...readInfra('modules/alerts.bicep').matchAll(/^param (\w+)/gm)].map(([, name]) => name);
    expect(given.sort()).toEqual(declared.sort());
    expect(command).toContain('--template-file infra/modules/alerts.bicep');
  });

  it.each(table)(
    'see at least two sweeps in a window with a pause of $every',
    ({ cron, window, check, tooOldSeconds }) => {
      const schedule = parseSchedule(cron);
      const begin = Date.UTC(2026, 0, 1);
      const first = schedule?.next(begin) ?? 0;
      const pause = ((schedule?.next(first) ?? 0) - first) / 1000;

      // The windows and frequencies that Azure Monitor accepts.
      expect(['PT30M', 'PT45M', 'PT1H', 'PT2H', 'PT3H', 'PT6H', 'P1D', 'P2D']).toContain(window);
      expect(['PT5M', 'PT15M', 'PT30M', 'PT1H']).toContain(check);
      expect(seconds(window)).toBeGreaterThanOrEqual(Math.max(2 * pause, pause + 1200));
      expect(seconds(check)).toBeLessThanOrEqual(seconds(window));
      expect(tooOldSeconds).toBeGreaterThanOrEqual(Math.max(7200, 4 * pause));
    },
  );
});

describe('the compiled template', () => {
  const template = readInfra('main.json');
  const { parameters, resources } = JSON.parse(template) as {
    parameters: Record<string, { defaultValue?: unknown; metadata?: { description?: string } }>;
    resources: {
      sweeper: { properties: { template: { resources: Record<string, { name: string; dependsOn?: string[] }> } } };
    };
  };

  it('asks no service for a key', () => {
    expect(template).not.toMatch(/listKeys|listAccountSas|listServiceSas|sharedKey\b|AccountKey=/i);
  });

  it('has no secret in a default or an output', () => {
    for (const { defaultValue } of Object.values(parameters)) {
      expect(JSON.stringify(defaultValue ?? '')).not.toMatch(/key|secret|password|[A-Za-z0-9+/]{40}/i);
    }
    const said = outputsOf(JSON.parse(template));
    expect(said.length).toBeGreaterThan(12);
    for (const one of said) expect(one).not.toMatch(/key|secret|password|connection/i);
  });

  it('makes the app wait for its roles and its way to the storage', () => {
    const app = Object.values(resources.sweeper.properties.template.resources).find(({ name }) => name === 'app');

    // The modules of the storage account and of the telemetry hold the role assignments at these.
    expect(app?.dependsOn).toEqual(expect.arrayContaining(['storage', 'telemetry', 'certificateRole', 'endpoints']));
  });

  it('describes every parameter', () => {
    for (const { metadata } of Object.values(parameters)) expect(metadata?.description).toMatch(/\w/);
  });

  it('has a documented variable of azd for every parameter but the tags', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/deploying.md'), 'utf8');
    const given = [...readInfra('main.bicepparam').matchAll(/^param (\w+) = .*readEnvironmentVariable\('(\w+)'/gm)];

    expect(given.map(([, name]) => name).sort()).toEqual(
      Object.keys(parameters)
        .filter((name) => name !== 'tags')
        .sort(),
    );
    for (const [, , variable] of given) {
      if (!/^AZURE_(ENV_NAME|LOCATION)$/.test(variable ?? '')) expect(page).toContain(`\`${variable}\``);
    }
  });
});

/** The outputs of a template and of all templates within it, with their values. */
function outputsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { outputs = {} } = node as { outputs?: Record<string, { value?: unknown }> };
  const own = Object.entries(outputs).map(([name, { value }]) => `${name} ${value}`);
  return [...own, ...Object.values(node).flatMap(outputsOf)];
}

function schedulesOf(source: string) {
  const line = /'(\w+)': \{ cron: '([^']*)', window: '(\w+)', check: '(\w+)', tooOldSeconds: (\d+) \}/g;
  const rows = [...source.matchAll(line)].map(([, every = '', cron = '', window = '', check = '', age]) => {
    return { every, cron, window, check, tooOldSeconds: Number(age) };
  });
  if (rows.length !== 10) throw new Error('schedules.bicep is not read as it is written.');
  return rows;
}

/** @param duration - such as PT30M, PT3H or P2D */
function seconds(duration: string): number {
  const [, count, unit = ''] = /^PT?(\d+)([MHD])$/.exec(duration) ?? [];
  return Number(count) * ({ M: 60, H: 3600, D: 86_400 }[unit] ?? Number.NaN);
}
