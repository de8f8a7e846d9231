import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../src/settings/settings.ts';
import { settingsWarnings } from '../../src/settings/settingsWarnings.ts';

const WORKING = { CLUSTER_ENDPOINTS: 'http://localhost:19080', AzureWebJobsStorage: 'UseDevelopmentStorage=true' };

/** The warnings about a time budget with these settings. */
function warningsOf(settings: Record<string, string>): string[] {
  const all = { ...WORKING, ...settings };
  return settingsWarnings(readSettings(all), new Date(), all).filter((one) => one.startsWith('SWEEP_TIME_BUDGET'));
}

describe('a time budget', () => {
  it.each([
    ['00:05:00', '4m', 0],
    ['00:05:00', '241s', 1],
    ['00:10:00', '9m', 0],
    ['00:10:00', '10m', 1],
    ['1.00:00:00', '24h', 1],
    ['-1', '24h', 0],
    ['nonsense', '24h', 0],
  ])(
    'gets a warning unless it is a minute shorter than the function timeout: %s, %s',
    async (timeout, budget, count) => {
      const folder = await mkdtemp(join(tmpdir(), 'host-'));
      await writeFile(join(folder, 'host.json'), `\uFEFF{ /* limits */ "functionTimeout": "${timeout}", }`);
      try {
        const settings = { SWEEP_TIME_BUDGET: budget, AzureWebJobsScriptRoot: folder };

        expect(warningsOf(settings)).toHaveLength(count);
        // The app setting takes precedence over the file.
        const unlimited = { ...settings, AzureFunctionsJobHost__functionTimeout: '-1' };
        expect(warningsOf(unlimited)).toEqual([]);
        const short = { ...settings, AzureFunctionsJobHost__functionTimeout: '00:01:00' };
        expect(warningsOf(short)).toHaveLength(1);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  it('is not checked without a host.json', () => {
    expect(warningsOf({ SWEEP_TIME_BUDGET: '24h', AzureWebJobsScriptRoot: join(tmpdir(), 'not-there') })).toEqual([]);
  });
});
