/**
 * The structure check: imports run the way docs/architecture.md says. Prints each import that does not, and
 * ends with exit code 1 then.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from '@swc/core';

interface Import {
  from: string;
  /** A path from the project's root, or a package's name. */
  to: string;
  typeOnly: boolean;
}

const ROOT = resolve(import.meta.dirname, '..');

/** The rooms of the house, and what each may import of the others: rooms, or single files. `types` stands for types alone. */
const PARTS = ['src/cleanup', 'src/imageStore', 'src/storage', 'src/settings', 'src/version.ts'];
/** What the parts with a control port share. */
const CONTROL = [
  ...['src/local/listen.ts', 'src/local/jsonRoutes.ts', 'src/local/controlClient.ts', 'src/local/foreignRequest.ts'],
  ...['src/local/commandLine.ts', 'src/local/certificates/secretFolder.ts'],
];
const ROOMS: Record<string, { may: string[]; types?: string[] }> = {
  // The nouns stand on the ground: storage and imageStore implement them.
  'src/cleanup/model': { may: [] },
  // How the Azure libraries reach the network.
  'src/network': { may: [] },
  'src/cleanup': { may: ['src/cleanup/model'], types: ['src/imageStore', 'src/storage'] },
  'src/imageStore': { may: ['src/cleanup/model', 'src/network', 'src/version.ts'] },
  'src/storage': { may: ['src/cleanup/model', 'src/network'] },
  'src/settings': { may: ['src/imageStore', 'src/cleanup/model'], types: ['src/storage'] },
  'src/telemetry': {
    may: ['src/cleanup/model', 'src/network'],
    types: ['src/cleanup', 'src/imageStore', 'src/settings'],
  },
  'src/composition': { may: ['src/telemetry', 'src/network', 'src/cleanup/model', ...PARTS] },
  'src/health': { may: ['src/composition', 'src/wire', 'src/cleanup/model', ...PARTS] },
  'src/wire': { may: ['src/composition', 'src/cleanup/model', ...PARTS] },
  'src/functions': {
    may: ['src/composition', 'src/health', 'src/wire', 'src/telemetry', 'src/cleanup/model', ...PARTS],
  },
  'src/cli': { may: ['src/composition', 'src/health', 'src/wire', 'src/telemetry', 'src/cleanup/model', ...PARTS] },
  // Browser code: of the rest it uses what is pure, and it is imported by nobody.
  'src/page': {
    may: [
      'src/cleanup/model',
      'src/wire/words.ts',
      'src/health/check.ts',
      'src/health/checkStatus.ts',
      'src/settings/duration.ts',
    ],
    types: ['src/wire'],
  },
  'src/version.ts': { may: [] },
  'src/index.ts': { may: ['src/functions', 'src/settings'] },
  // Each of these three stands alone: of the product, and of what runs everything on one machine, it uses a named few.
  'src/local/host': {
    may: [
      ...['src/settings/localSettings.ts', 'src/settings/jsonFile.ts', 'src/settings/schedule.ts'],
      ...['src/local/commandLine.ts', 'src/local/foreignRequest.ts', 'src/local/directLoopback.ts'],
      // For --bundle, and for this project's own page.
      ...['src/local/build/buildApp.ts', 'src/local/build/buildPage.ts'],
    ],
  },
  'src/local/cluster': {
    may: [...CONTROL, 'src/local/certificates/makeCertificate.ts', 'src/local/identity/tenant.ts'],
  },
  'src/local/identity': { may: CONTROL },
  'src/local': {
    may: [
      'src/cleanup/model',
      'src/network/proxyVariables.ts',
      'src/local/host',
      'src/local/cluster',
      'src/local/identity',
      ...PARTS,
    ],
  },
};

const SDK = ['src/telemetry/startSdk.ts', 'src/telemetry/exporters.ts'];

/** Each package has one place that knows it. */
const PACKAGES: Record<string, string[]> = {
  'node-fetch': ['src/imageStore'],
  '@azure/data-tables': ['src/storage', 'src/local/start'],
  '@azure/core-rest-pipeline': ['src/network'],
  '@azure/functions': ['src/functions', 'src/local/host'],
  '@azure/storage-queue': ['src/local/host'],
  '@azure/identity': ['src/network', 'src/imageStore', 'src/storage', 'src/local/host'],
  // The SDK is for what telemetry.ts loads when it is wanted.
  '@opentelemetry/api': ['src/telemetry'],
  '@opentelemetry/context-async-hooks': SDK,
  '@opentelemetry/resources': SDK,
  '@opentelemetry/sdk-metrics': SDK,
  '@opentelemetry/sdk-trace-base': SDK,
  '@opentelemetry/exporter-metrics-otlp-http': ['src/telemetry/otlp.ts'],
  '@opentelemetry/exporter-trace-otlp-http': ['src/telemetry/otlp.ts'],
  '@azure/monitor-opentelemetry-exporter': ['src/telemetry/azureMonitor.ts'],
  'node-forge': ['src/local/certificates'],
  esbuild: ['src/local/build'],
  fflate: ['src/local/build'],
  preact: ['src/page'],
  commander: ['src/cli'],
  'cli-progress': ['src/cli'],
  valibot: ['src/settings', 'src/functions', 'src/wire', 'src/cli', 'src/local'],
  '@valibot/to-json-schema': ['src/functions/routing'],
};

const roomOf = (path: string) => Object.keys(ROOMS).find((room) => path === room || path.startsWith(`${room}/`));

function importsOf(path: string): Import[] {
  const source = readFileSync(join(ROOT, path), 'utf8');
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const to = specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), specifier)) : specifier;
    found.push({ from: path, to, typeOnly });
  };
  for (const node of parseSync(source, { syntax: 'typescript', tsx: path.endsWith('.tsx'), target: 'es2024' }).body) {
    if (node.type === 'ImportDeclaration') {
      const allTypes =
        node.specifiers.length > 0 && node.specifiers.every((one) => 'isTypeOnly' in one && one.isTypeOnly);
      add(node.source.value, node.typeOnly || allTypes);
    }
    if (node.type === 'ExportAllDeclaration') add(node.source.value, false);
    if (node.type === 'ExportNamedDeclaration' && node.source) {
      add(node.source.value, (node as { typeOnly?: boolean }).typeOnly === true);
    }
  }
  for (const [, specifier] of source.matchAll(/\bimport\(\s*'([^']+)'/g)) if (specifier) add(specifier, false);
  return found;
}

/** @returns what is wrong with an import, or nothing */
export function violationOf({ from, to, typeOnly }: Import): string | undefined {
  const room = roomOf(from);
  if (!room) return 'stands in no room of the house';
  if (!to.startsWith('src/')) {
    const homes = PACKAGES[to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] ?? to)];
    return !homes || homes.some((home) => from.startsWith(home)) ? undefined : `is for ${homes.join(' and ')} only`;
  }
  const target = roomOf(to);
  const { may, types = [] } = ROOMS[room] ?? { may: [] };
  if (!target || target === room || may.includes(target) || may.includes(to)) return undefined;
  if (types.includes(target) && typeOnly) return undefined;
  return types.includes(target) ? `may import types of ${target} only` : `may not import ${target}`;
}

/** @returns the files of each circle of imports in a room, types and dynamic imports included; one circle a file at most */
function circlesIn(room: string): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (from.startsWith(`${room}/`)) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file]);
    if (done.has(file)) return;
    done.add(file);
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
  };
  for (const file of next.keys()) visit(file, []);
  return circles;
}

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => `src/${path}`);
const imports = files.flatMap(importsOf);
const violations = imports.flatMap((one) => {
  const why = violationOf(one);
  return why ? [`${one.from} -> ${one.to}: ${why}`] : [];
});
violations.push(...circlesIn('src/local').map((circle) => `${circle.join(' -> ')}: imports run in a circle`));
for (const line of violations) console.error(line);
console.log(`${imports.length} imports of ${files.length} files checked, ${violations.length} against the structure.`);
process.exitCode = violations.length > 0 || imports.length === 0 ? 1 : 0;
