import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type HostOptions, HostProcess } from './hostProcess.ts';

const started: HostProcess[] = [];
afterEach(async () => {
  for (const host of started.splice(0)) await host.dispose();
});

function launch(options: HostOptions): HostProcess {
  const host = new HostProcess(options);
  started.push(host);
  return host;
}

async function start(options: HostOptions): Promise<HostProcess> {
  const host = launch(options);
  await host.printed(/Functions host ready at \S+\n/);
  return host;
}

/** A port for a host whose address must be known before it is ready. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('an entry point', () => {
  it('that throws before its first registration leaves a host without functions', async () => {
    const host = await start({ app: 'start', entry: 'throwsFirst.ts' });

    expect(host.output).toContain('Worker was unable to load entry point "throwsFirst.ts": no settings');
    expect(host.output).toContain('No job functions found.');
    expect((await host.fetch('/api/anything')).status).toBe(404);
  });

  it('that throws after it has registered a function fails the start', async () => {
    const host = launch({ app: 'start', entry: 'throwsAfter.ts' });

    expect(await host.exited()).toBe(1);
    expect(host.output).toContain(
      'could not start: Worker was unable to load entry point "throwsAfter.ts": second is broken',
    );
    expect(host.output).not.toContain('ready');
  });

  it('that does not exist fails the start with its name', async () => {
    const host = launch({ app: 'start', entry: 'missing.ts' });

    expect(await host.exited()).toBe(1);
    expect(host.output).toMatch(/could not start: The app's entry file \S+missing\.ts does not exist\.\n/);
  });

  it('from package.json’s main is loaded with --bundle', async () => {
    const host = await start({ app: 'http', entry: '', args: ['--bundle'] });

    expect(host.output).toContain('/api/withoutRoute');
  });

  it('from package.json’s main that is not built fails the start with advice', async () => {
    const host = launch({ app: 'unbuilt', entry: '', args: ['--bundle'] });

    expect(await host.exited()).toBe(1);
    expect(host.output).toMatch(/entry file \S+dist\/index\.js does not exist: build it first \(npm run build\)/);
  });
});

describe('a host that is starting', () => {
  it('answers 503 until its functions are known', async () => {
    const port = await freePort();
    const host = launch({ app: 'start', entry: 'slow.ts', port });
    const get = () => fetch(`http://127.0.0.1:${port}/api/first`).catch(() => undefined);

    let response: Response | undefined;
    while (!response) response = await get();
    await host.printed(/Functions host ready/);

    expect([response.status, await response.text()]).toEqual([503, '']);
    expect((await get())?.status).toBe(200);
  });

  it('gives up if the appStart hook always throws', async () => {
    const host = launch({ app: 'start', entry: 'appStartThrows.ts' });

    expect(await host.exited()).toBe(1);
    expect(host.output.match(/Worker failed to start: Error: the hook is broken/g)).toHaveLength(3);
  });

  it('ends on a signal', async () => {
    const port = await freePort();
    const host = launch({ app: 'start', entry: 'slow.ts', port });
    while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)));

    host.child.kill('SIGTERM');

    expect(await host.exited()).toBe(0);
  });
});

describe('the app', () => {
  it('has its settings, overridden by the environment, and the variables of the platform', async () => {
    const host = await start({
      app: 'start',
      entry: 'settings.ts',
      env: { FROM_BOTH: 'environment', FUNCTIONS_MASTER_KEY: 'the master key' },
    });

    const seen = (await (await host.fetch('/api/settings')).json()) as {
      hooks: string[];
      directory: string;
      environment: Record<string, string>;
    };

    const directory = fileURLToPath(new URL('./fixtures/start', import.meta.url));
    expect(seen.hooks).toEqual(['appStart']);
    expect(seen.directory).toBe(directory);
    expect(seen.environment).toMatchObject({
      FROM_FILE: 'file',
      FROM_BOTH: 'environment',
      WEBSITE_HOSTNAME: `localhost:${new URL(host.address).port}`,
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      AzureWebJobsScriptRoot: directory,
      FUNCTIONS_APPLICATION_DIRECTORY: directory,
    });
    expect(seen.environment).not.toHaveProperty('FUNCTIONS_MASTER_KEY');
  });

  it('has its schedules resolved, and functions with an invalid name in error', async () => {
    const host = await start({ app: 'start', entry: 'settings.ts' });

    expect(host.output).toContain('  scheduled: timerTrigger 0 0 5 1 1 *\n');
    expect(host.output).toContain("The 'host' function is in error: 'host' is not a valid function name.");
  });

  it('cannot register functions after its start', async () => {
    const host = await start({ app: 'start', entry: 'settings.ts' });

    expect(await (await host.fetch('/api/late')).text()).toBe('A function can only be registered during app startup.');
  });
});

describe('the port', () => {
  it('that is in use is named in one line', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    const host = launch({ app: 'http', port });

    expect(await host.exited()).toBe(1);
    expect(host.output).toMatch(new RegExp(`^[^\\n]*address already in use 127\\.0\\.0\\.1:${port}[^\\n]*\\n$`));
    server.close();
  });
});

describe('--enable-auth', () => {
  const env = { FUNCTIONS_MASTER_KEY: 'master', FUNCTIONS_HOST_KEY: 'host' };

  it('requires a key, and the header takes precedence over the query', async () => {
    const host = await start({ app: 'auth', args: ['--enable-auth'], env });
    const status = async (path: string, key?: string) =>
      (await host.fetch(path, key === undefined ? {} : { headers: { 'x-functions-key': key } })).status;

    expect(await status('/api/open')).toBe(200);
    expect(await status('/api/closed')).toBe(401);
    expect(await status('/api/closed', 'host')).toBe(200);
    expect(await status('/api/closed?code=host')).toBe(200);
    expect(await status('/api/closed?code=host', 'wrong')).toBe(401);
    expect(await status('/api/operators', 'host')).toBe(401);
    expect(await status('/api/operators', 'master')).toBe(200);
    expect((await host.runNow('open')).status).toBe(401);
    expect((await host.runNow('open', 'host')).status).toBe(401);
    expect((await host.runNow('open', 'master')).status).toBe(202);
  });
});
