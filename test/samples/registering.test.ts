import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startProgram } from './program.ts';
import { type SampleWorld, startSampleWorld } from './sampleWorld.ts';

jest.setTimeout(120_000);
const PAGE = new URL('../../docs/registering.md', import.meta.url);
const page = readFileSync(PAGE, 'utf8');

/** The command of the page that contains this text. */
function command(text: string): string {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const [found, ...others] = blocks.filter((block) => block.includes(text));
  if (!found || others.length > 0) throw new Error(`The page has ${others.length} or more commands with ${text}.`);
  return found;
}

describe('the commands of docs/registering.md', () => {
  let world: SampleWorld;
  let folder: string;
  beforeAll(async () => {
    world = await startSampleWorld();
    folder = await mkdtemp(join(tmpdir(), 'registering-'));
  });
  afterAll(async () => {
    await world?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(script: string, env: Record<string, string> = {}): Promise<string> {
    const program = startProgram('bash', ['--norc', '-euc', `cd "${folder}"\n${script}`], {
      APP: world.url,
      KEY: '',
      ...env,
    });
    const code = await program.end();
    if (code !== 0) throw new Error(program.output());
    return program.output();
  }

  it('register a session, send its heartbeat, and sweep by its owner', async () => {
    const SESSION = randomUUID();

    const [first, second] = [
      await run(command('$APP/api/upload-sessions/$SESSION'), { SESSION }),
      await run(command('$APP/api/upload-sessions/$SESSION'), { SESSION }),
    ];
    const row = await world.row(SESSION);
    await world.ageRow(SESSION, 20);
    const swept = await run(command('$APP/api/sweeps'));

    expect(first + second).toContain('"state":"active"');
    expect(row).toMatchObject({ owner: 'pipeline-7', storeRelativePath: 'Shop/Code/web.zip' });
    expect(swept).toContain('"stoppedBy":"completed"');
    expect(await world.outcomes(SESSION)).toEqual(['notFound']);
  });

  it('extract the session ids from a log, each once', async () => {
    const ids = ['6f9619ff-8b86-d011-b42d-00c04fc964ff', '7F9619FF-8B86-D011-B42D-00C04FC964FF'];
    const log = `warning: upload session {${ids[0]}} failed, retrying ${ids[1]};x\r\n${ids[0]} again, 1234-5678\n`;
    await writeFile(join(folder, 'native-client.log'), log);

    const printed = await run(`upload-session-sweeper() { echo "$@"; cat; }\n${command('grep')}`);

    expect(printed.trim().split('\n').sort()).toEqual([...ids, 'register - --owner pipeline-7 --dry-run'].sort());
  });

  it('name existing files', () => {
    const links = [...page.matchAll(/\]\((samples\/[^)]+)\)/g)].map(([, path = '']) => path);

    expect(links.length).toBeGreaterThan(4);
    expect(links.filter((path) => !existsSync(new URL(path, PAGE)))).toEqual([]);
  });
});
