import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../src/cli/program.ts';
import { ROUTES } from '../../src/functions/routing/routes.ts';
import { buildApp, PROJECT } from '../../src/local/build/buildApp.ts';
import { stageApp } from '../../src/local/build/stageApp.ts';
import { startApp, type TestApp, tableSettings } from '../support/app.ts';
import { connection } from '../support/tables.ts';
import { keepLine } from '../support/transcript.ts';
import { inlineCode, PAGES, pageText, ROOT, shellBlocks } from './codeBlocks.ts';

const PROGRAM = 'upload-session-sweeper';
/** The pages whose commands run here. */
const RUN_IN = ['README.md', 'docs/operating.md', 'docs/command-line.md', 'docs/http-api.md', 'docs/registering.md'];
/** First words of blocks that need Azure, or start what other tests start. */
const NOT_RUN = /^(az|azd|func|npm|openssl|git) /;
/** The id in the examples of the help texts. */
const EXAMPLE_ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const EXAMPLE_ROW = { partitionKey: 'default', rowKey: EXAMPLE_ID, lastActivity: new Date(0), givenUp: true };
/** Replaces a command that asks a question, and a build that other tests also run. */
const SUBSTITUTES: [string, string][] = [
  ['npm run build', 'true'],
  [`delete ${EXAMPLE_ID}`, `delete --yes ${EXAMPLE_ID}`],
];
/** Makes curl fail for an error status. */
const PRELUDE = 'curl() { command curl --fail-with-body --silent --show-error "$@"; }\n';
const LONG_MS = 120_000;

const BLOCKS = RUN_IN.flatMap(shellBlocks).filter(({ text }) => !NOT_RUN.test(text));
const INSTALL = shellBlocks('docs/command-line.md').find(({ text }) => text.includes('npm pack'));
const SCRIPTS = Object.keys((JSON.parse(pageText('package.json')) as { scripts: object }).scripts);

let app: TestApp;
let folder: string;
/** Where the program is installed. */
let bin: string;
let env: Record<string, string>;

/** Runs commands of a document, with substitutions. @returns the error; `undefined` if there is none */
async function errorOf(commands: string, cwd = join(folder, 'work')): Promise<string | undefined> {
  await app.tables.sessions.upsertEntity(EXAMPLE_ROW);
  const text = SUBSTITUTES.reduce((before, [given, instead]) => before.replaceAll(given, instead), commands);
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', PRELUDE + text], { cwd, env });
  child.stdin.end();
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (printed += more));
  const [code] = await once(child, 'close');
  keepLine(printed);
  return code === 0 ? undefined : `${commands.trim()}\nended with ${code}:\n${printed}`;
}

const printedBy = (...words: string[]) => spawnSync(join(bin, PROGRAM), words, { env }).stdout.toString();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  bin = join(folder, 'installed', 'bin');
  const work = join(folder, 'work');
  const checkout = join(folder, 'checkout');
  await Promise.all([mkdir(work), mkdir(checkout)]);
  const built = buildApp(join(folder, 'dist')).then(() =>
    stageApp({ project: PROJECT, dist: join(folder, 'dist'), folder: join(checkout, 'out', 'app') }),
  );
  [app] = await Promise.all([startApp(), built]);
  await app.tables.sessions.createTable();
  const values = {
    AzureWebJobsStorage: connection.connectionString,
    CLUSTER_ENDPOINTS: app.cluster.endpoint,
    ...tableSettings(app.tables),
    OUTCOME_RETENTION: '2d',
  };
  for (const name of ['local.settings.json', 'deployed.json'])
    await writeFile(join(work, name), JSON.stringify({ Values: values }));
  for (const name of ['upload.log', 'native-client.log', 'session-ids.txt'])
    await writeFile(join(work, name), `${randomUUID()}\n`);
  env = {
    PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: folder,
    npm_config_prefix: join(folder, 'installed'),
    npm_config_offline: 'true',
    APP: app.url,
    KEY: 'no host key is needed here',
    SESSION: randomUUID(),
  };
  expect(await errorOf(INSTALL?.text ?? 'false', checkout)).toBeUndefined();
}, LONG_MS);
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the command line, installed as docs/command-line.md describes', () => {
  it('prints its version, and has no dependencies', () => {
    expect(printedBy('--version')).toBe(`${(JSON.parse(pageText('package.json')) as { version: string }).version}\n`);
    expect(existsSync(join(folder, 'installed', 'lib', 'node_modules', PROGRAM, 'node_modules'))).toBe(false);
  });

  const older = olderNode();
  (older ? it : it.skip)(
    `reports in one line that it needs another Node${older ? '' : ' (no older Node here)'}`,
    () => {
      const program = join(bin, PROGRAM);
      const { status, stdout, stderr } = spawnSync(older?.path ?? '', [program, 'list'], { env, encoding: 'utf8' });

      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toBe(`${PROGRAM} needs Node.js 24 or later. This is ${older?.version}.\n`);
    },
  );
});

describe('the commands in the documents', () => {
  it.each(BLOCKS.map((block) => [`${block.page}, line ${block.line}`, block.text]))('run: %s', async (_, text) => {
    expect(await errorOf(text)).toBeUndefined();
  });

  it('run within a sentence', async () => {
    const commands = RUN_IN.flatMap(inlineCode).filter((code) => code.startsWith(`${PROGRAM} `) && !code.includes('…'));
    const errors: string[] = [];
    for (const command of new Set(commands)) errors.push(...[await errorOf(command)].flatMap((error) => error ?? []));

    expect(commands.length).toBeGreaterThan(1);
    expect(errors).toEqual([]);
  });

  it('run as the examples of the help texts', async () => {
    const errors: string[] = [];
    for (const name of Object.keys(COMMANDS)) {
      const [, examples = ''] = printedBy(name, '--help').split('Examples:\n');
      const lines = examples.replaceAll(/^ {2}/gm, '').replaceAll(/\\\n/g, '').trim().split('\n');
      for (const line of lines) errors.push(...[await errorOf(line)].flatMap((error) => error ?? []));
    }

    expect(errors).toEqual([]);
  }, 60_000);

  it('have the syntax of a shell on every page', () => {
    const errors = PAGES.flatMap(shellBlocks).map(({ text }) =>
      spawnSync('bash', ['-n', '-c', text]).stderr.toString(),
    );

    expect(errors.filter(Boolean)).toEqual([]);
  });

  it('name scripts of npm, and options of npm start, that exist', () => {
    const help = spawnSync(process.execPath, [join(ROOT, 'src/local/start/main.ts'), '--help']).stdout.toString();
    const text = PAGES.map(pageText).join('\n');
    const named = [...text.matchAll(/\bnpm (?:run (?:-s )?([a-z][\w:-]*)|(start|test)\b)/g)].map(
      ([, one, two]) => one ?? two,
    );
    const options = [...text.matchAll(/npm start -- ([^`\n]*)/g)].flatMap(
      ([, words]) => words?.match(/--[a-z-]+/g) ?? [],
    );

    expect(named.filter((name = '') => !SCRIPTS.includes(name))).toEqual([]);
    expect(options.filter((option) => !help.includes(`  ${option} `))).toEqual([]);
    expect(options.length).toBeGreaterThan(2);
  });
});

describe('the tables of docs/command-line.md and docs/http-api.md', () => {
  it('have every command, with options that it has', () => {
    const rows = [...pageText('docs/command-line.md').matchAll(/^\| `(\w+)[^`]*` \|(.*)\|$/gm)];
    const unknown = rows.flatMap(([, name = '', about = '']) => {
      const help = printedBy(name, '--help');
      return [...about.matchAll(/`(--[\w-]+)`/g)].flatMap(([, option]) =>
        help.includes(`  ${option} `) ? [] : `${name} ${option}`,
      );
    });

    expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(COMMANDS).sort());
    expect(unknown).toEqual([]);
  });

  it('have every route', () => {
    const cells = pageText('docs/http-api.md').matchAll(/^\| (`[A-Z]+ \/[^|]*)\|/gm);
    const named = [...cells].flatMap(([, cell]) => [...(cell?.matchAll(/`([A-Z]+ \/[^`]*)`/g) ?? [])]);

    const declared = Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`);
    expect(named.map(([, route]) => route).sort()).toEqual(declared.sort());
  });

  it('have the routes that all pages name', () => {
    const known = Object.values(ROUTES).map(
      ({ method, path }) => new RegExp(`^${method} /api${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(?:[?[].*)?$`),
    );
    const named = PAGES.flatMap(inlineCode).filter((code) => /^[A-Z]{3,6} \/api\//.test(code));

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((route) => !known.some((pattern) => pattern.test(route)))).toEqual([]);
  });
});

/** A Node on the PATH that is too old for the program. */
function olderNode(): { path: string; version: string } | undefined {
  for (const place of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(place, 'node');
    const version = existsSync(path) ? spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1) : '';
    if (/^\d/.test(version) && Number.parseInt(version, 10) < 24) return { path, version };
  }
  return undefined;
}
