import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../src/settings/settings.ts';
import { readTelemetrySettings } from '../../src/settings/telemetry.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/settings.md'), 'utf8');
const LOCAL: Record<string, string> = JSON.parse(readFileSync(join(ROOT, 'local.settings.json'), 'utf8')).Values;

/** The names of settings that a reader looks up; those of a connection are documented as a pattern. */
function namesReadBy(read: (appSettings: Record<string, string | undefined>) => unknown, given: object): string[] {
  const names = new Set<string>();
  const recording = new Proxy<Record<string, string | undefined>>(
    { ...given },
    {
      // Reads of a setting, whether it is present or not.
      getOwnPropertyDescriptor(target, name) {
        if (typeof name === 'string') names.add(name);
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    },
  );
  try {
    read(recording);
  } catch {
    // Invalid settings are reported only after all have been read.
  }
  return [...names].filter((name) => !name.startsWith('AzureWebJobs'));
}

const APP = [
  ...new Set(
    ['none', 'certificate', 'entra'].flatMap((auth) =>
      namesReadBy(readSettings, { CLUSTER_AUTH: auth, CLUSTER_CLIENT_CERTIFICATE: 'x', CLUSTER_ENTRA_SCOPE: 'x' }),
    ),
  ),
];
const TELEMETRY = namesReadBy(readTelemetrySettings, {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
  OTEL_TRACES_SAMPLER: 'traceidratio',
});

/** The settings that the OTLP exporters read themselves, as test/e2e/telemetry.test.ts and telemetryTrouble.test.ts show. */
const EXPORTERS = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TIMEOUT'];

/** The first two cells of each row that documents a setting. */
const ROWS = new Map(
  [...DOCUMENT.matchAll(/^\| `([A-Z][A-Z_]+)` \|([^|]*)\|/gm)].map(([, name = '', value = '']) => [name, value.trim()]),
);

describe('docs/settings.md', () => {
  it('has a row for every setting that the app reads', () => {
    const missing = [...APP, ...TELEMETRY, ...EXPORTERS].filter((name) => !ROWS.has(name));

    expect(APP.length).toBeGreaterThan(25);
    expect(TELEMETRY.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });

  it('has no row for a setting that the app does not read', () => {
    const unknown = [...ROWS.keys()].filter((name) => ![...APP, ...TELEMETRY, ...EXPORTERS].includes(name));

    expect(unknown).toEqual([]);
  });

  it('names the defaults that local.settings.json has', () => {
    const different = [...ROWS].filter(([name, cell]) => {
      const value = /^`(.+)`$/.exec(cell)?.[1];
      return value !== undefined && name in LOCAL && LOCAL[name] !== value;
    });

    expect(different).toEqual([]);
  });
});

describe('local.settings.json', () => {
  it('has every setting of the app', () => {
    const missing = APP.filter((name) => !(name in LOCAL));

    expect(missing).toEqual([]);
  });

  it('has only documented settings, and those that the platform needs', () => {
    const undocumented = Object.keys(LOCAL).filter((name) => !ROWS.has(name));

    expect(undocumented).toEqual(['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage']);
  });

  it('contains the defaults', () => {
    const { CLUSTER_ENDPOINTS, AzureWebJobsStorage } = LOCAL;
    const shown = (settings: unknown) => JSON.stringify(settings);

    expect(shown(readSettings(LOCAL))).toBe(shown(readSettings({ CLUSTER_ENDPOINTS, AzureWebJobsStorage })));
  });
});
