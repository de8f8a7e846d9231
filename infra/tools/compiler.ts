import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const VERSION = '0.49.2';
const ROOT = resolve(import.meta.dirname, '..', '..');
const PACKAGES = join(ROOT, 'node_modules', '.cache', 'bicep', 'packages');

/** Runs the Bicep compiler. @returns what it wrote to standard output and standard error */
export type Bicep = (...args: string[]) => Promise<{ stdout: string; stderr: string }>;

/**
 * Fetches the Bicep compiler from NuGet with `dotnet restore`, once, into `node_modules/.cache`.
 *
 * @returns the compiler, or why there is none on this machine
 */
export async function findBicep(): Promise<{ bicep: Bicep } | { missing: string }> {
  const platform = platformOfPackage();
  const name = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
  const path = join(PACKAGES, `azure.bicep.commandline.${platform}`, VERSION, 'tools', name);
  if (!existsSync(path)) {
    try {
      await run(
        'dotnet',
        ['restore', join(import.meta.dirname, 'bicep.csproj'), '--packages', PACKAGES].concat([
          `-p:BicepPlatform=${platform}`,
          `-p:BicepVersion=${VERSION}`,
        ]),
      );
    } catch (error) {
      return { missing: whyMissing(error) };
    }
  }
  return { bicep: async (...args) => run(path, args, { cwd: ROOT, env: process.env, maxBuffer: 64 * 1024 * 1024 }) };
}

function platformOfPackage(): string {
  const system = { linux: 'linux', darwin: 'osx', win32: 'win' }[process.platform as string] ?? process.platform;
  return `${system}-${process.arch}`;
}

function whyMissing(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'dotnet is not installed';
  const output = String((error as { stdout?: unknown }).stdout ?? '');
  const line = output.split('\n').find((one) => one.includes('error'));
  return `dotnet could not restore the Bicep compiler: ${line?.trim() ?? 'no reason given'}`;
}
