import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A resource as the template would deploy it. */
export interface Resource {
  id: string;
  type: string;
  name: string;
  tags?: Record<string, string>;
  properties?: Record<string, unknown>;
}

export const WAYS_IN = ['none', 'certificate', 'entra'] as const;
export type WayIn = (typeof WAYS_IN)[number];

export const CLIENT_ID = '3a5f9d62-0000-4000-8000-00000000c11e';
export const INSTRUMENTATION_KEY = '11111111-2222-4333-8444-555555555555';
export const CONNECTION_STRING = `InstrumentationKey=${INSTRUMENTATION_KEY};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/`;

const INFRA = resolve(import.meta.dirname, '..', '..', 'infra');

export const readInfra = (file: string): string => readFileSync(resolve(INFRA, file), 'utf8');

export function readSnapshot(wayIn: WayIn): Resource[] {
  return (JSON.parse(readInfra(`snapshots/${wayIn}.snapshot.json`)) as { predictedResources: Resource[] })
    .predictedResources;
}

/** @returns the resources of one type, such as `Microsoft.Web/sites` */
export const ofType = (resources: Resource[], type: string): Resource[] => resources.filter((one) => one.type === type);

/** The app settings, with the values in place that exist only once the resources do. */
export function appSettings(wayIn: WayIn): Record<string, string> {
  const [settings] = ofType(readSnapshot(wayIn), 'Microsoft.Web/sites/config');
  const given = Object.entries((settings?.properties ?? {}) as Record<string, string>);
  return Object.fromEntries(given.map(([name, value]) => [name, evaluate(value)]));
}

/** Names of the public cloud, which a compiler cannot know. */
const CLOUD: Record<string, string> = {
  'environment().suffixes.storage': 'core.windows.net',
  'environment().suffixes.keyvaultDns': '.vault.azure.net',
};

/** @throws for every expression but the identity's client id, the telemetry's connection string, and texts made of them */
function evaluate(value: string): string {
  if (!value.startsWith('[')) return value;
  const expression = value.slice(1, -1);
  const format = /^format\('([^']*)', (.*)\)$/.exec(expression);
  if (!format) return evaluateTerm(expression);
  const terms = (format[2] ?? '').split(/, (?![^(]*\))/).map(evaluateTerm);
  return (format[1] ?? '').replace(/\{(\d)\}/g, (_, index: string) => terms[Number(index)] ?? '');
}

function evaluateTerm(term: string): string {
  const literal = /^'([^']*)'$/.exec(term)?.[1] ?? CLOUD[term];
  if (literal !== undefined) return literal;
  if (/^reference\('[^']*\/userAssignedIdentities\/[^']*', '[\d-]*'\)\.clientId$/.test(term)) return CLIENT_ID;
  if (/^reference\('[^']*\/components\/[^']*', '[\d-]*'\)\.ConnectionString$/.test(term)) return CONNECTION_STRING;
  throw new Error(`The snapshot holds an expression that is not resolved: ${term}`);
}
