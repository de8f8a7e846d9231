import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findBicep } from '../../infra/tools/compiler.ts';
import { bicepFiles, SNAPSHOT_SCOPE, snapshotFiles } from '../../infra/tools/files.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const found = await findBicep();
if ('missing' in found) console.warn(`The tests that compile infra/ are skipped: ${found.missing}.`);

const withCompiler = 'bicep' in found ? it : it.skip;
const bicep = 'bicep' in found ? found.bicep : () => Promise.reject(new Error('There is no compiler.'));

const PATIENCE_MS = 300_000;

describe('the Bicep files', () => {
  withCompiler(
    'compile to the committed template without a warning: otherwise run "npm run infra"',
    async () => {
      const { stdout, stderr } = await bicep('build', 'infra/main.bicep', '--stdout');

      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile(resolve(ROOT, 'infra/main.json'), 'utf8')));
    },
    PATIENCE_MS,
  );

  withCompiler(
    'are formatted: otherwise run "npm run infra"',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'infra-'));
      try {
        await cp(resolve(ROOT, 'infra'), folder, { recursive: true });
        // One run for all files: the compiler takes a second to start.
        await bicep('format', '--pattern', `${folder}/**/*.bicep`);
        for (const file of (await bicepFiles()).filter((name) => name.endsWith('.bicep'))) {
          const text = await readFile(join(folder, relative('infra', file)), 'utf8');
          expect({ file, text }).toEqual({ file, text: await readFile(resolve(ROOT, file), 'utf8') });
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    PATIENCE_MS,
  );

  withCompiler(
    'take the variables of azd as parameters',
    async () => {
      const variables = {
        AZURE_ENV_NAME: 'sweeper',
        AZURE_LOCATION: 'westeurope',
        CLUSTER_ENDPOINTS: 'http://10.0.0.4:19080',
      };
      Object.assign(process.env, variables);

      const { stdout, stderr } = await bicep('build-params', 'infra/main.bicepparam', '--stdout');

      expect(stderr).toBe('');
      const { parametersJson } = JSON.parse(stdout) as { parametersJson: string };
      expect(JSON.parse(parametersJson).parameters).toMatchObject({
        environmentName: { value: 'sweeper' },
        authentication: { value: 'none' },
        freeDiskPercent: { value: 10 },
        publicInbound: { value: true },
      });
    },
    PATIENCE_MS,
  );

  withCompiler(
    'refuse parameters that do not go together',
    async () => {
      const refused = [
        ["param authentication = 'certificate'", 'certificateResourceId must be the resource id'],
        ["param authentication = 'entra'", 'entraScope is required'],
        ["param privateEndpointSubnetId = '/subscriptions/s/subnets/n'", 'appSubnetId is required'],
        ['param publicInbound = false', 'privateEndpointSubnetId is required'],
        ["param sweepSchedule = '0 0 * * * *'", 'sweepEveryPause is required'],
      ];
      const given = await readFile(resolve(ROOT, 'infra/snapshots/none.bicepparam'), 'utf8');
      const folder = await mkdtemp(join(tmpdir(), 'infra-'));
      try {
        // Compiled already, which takes the compiler half the time.
        await cp(resolve(ROOT, 'infra/main.json'), join(folder, 'main.json'));
        await Promise.all(
          refused.map(async ([line, reason], n) => {
            const file = join(folder, `refused${n}.bicepparam`);
            await writeFile(file, `${given.replace('../main.bicep', 'main.json')}${line}\n`);
            await expect(bicep('snapshot', file, '--mode', 'overwrite', ...SNAPSHOT_SCOPE)).rejects.toThrow(reason);
          }),
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    PATIENCE_MS,
  );

  withCompiler(
    'predict the committed snapshots: otherwise run "npm run infra"',
    async () => {
      for (const file of await snapshotFiles()) await bicep('snapshot', file, '--mode', 'validate', ...SNAPSHOT_SCOPE);
    },
    PATIENCE_MS,
  );
});
