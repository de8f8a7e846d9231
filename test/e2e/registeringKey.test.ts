import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { ROUTES } from '../../src/functions/routing/routes.ts';
import { startApiHost } from '../support/apiHost.ts';

const KEY = 'a-key-for-uploaders';
const HOST_KEY = 'a-host-key-of-the-tests';
const PAGE = resolve(import.meta.dirname, '../../docs/registering.md');

it('lets an uploader register and send heartbeats with the key of docs/registering.md, and do nothing else', async () => {
  const named = [...(await readFile(PAGE, 'utf8')).matchAll(/--function-name (\w+)/g)].map(([, name = '']) => name);
  const functions = [...new Set(named)];
  const keys = Object.fromEntries(functions.map((name) => [`FUNCTIONS_FUNCTION_KEY_${name}`, KEY]));
  const app = await startApiHost({ FUNCTIONS_HOST_KEY: HOST_KEY, ...keys }, ['--enable-auth'], HOST_KEY);
  try {
    const session = `/upload-sessions/${randomUUID()}`;
    const put = async () => (await app.ask('PUT', session, {}, { 'x-functions-key': KEY })).status;
    const registered = [await put(), await put()];
    const others = Object.entries(ROUTES).filter(
      ([name, { authLevel }]) => authLevel === 'function' && name !== 'putUploadSession',
    );
    const answers = await Promise.all(
      others.map(async ([name, { method, path }]) => {
        const target = path.replace('/upload-sessions/{sessionId}', session).replace('{sweepId}', randomUUID());
        const headers = { 'x-functions-key': KEY };
        return [name, (await fetch(`${app.address}/api${target}`, { method, headers })).status];
      }),
    );

    expect(registered).toEqual([201, 200]);
    expect(others.map(([name]) => name)).toEqual(expect.arrayContaining(['deleteUploadSession', 'sweepNow']));
    expect(answers).toEqual(others.map(([name]) => [name, 401]));
    expect(
      (await fetch(`${app.address}/admin/functions/sweepStaleSessions`, { headers: { 'x-functions-key': KEY } }))
        .status,
    ).toBe(401);
  } finally {
    await app.stop();
  }
});
