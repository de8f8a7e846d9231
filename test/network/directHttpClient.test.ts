import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isDirect } from '../../src/network/directHttpClient.ts';
import { completeProxyVariables } from '../../src/network/proxyVariables.ts';
import { openStorage } from '../../src/storage/storage.ts';
import { connection, testTables } from '../support/tables.ts';

let proxy: Server;
let asked = 0;
const before = { ...process.env };

beforeAll(async () => {
  proxy = createServer((_, answer) => {
    asked += 1;
    answer.writeHead(502).end();
  });
  proxy.on('connect', (_, socket) => {
    asked += 1;
    socket.destroy();
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
});
afterAll(() => {
  proxy?.close();
});
afterEach(() => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'IDENTITY_ENDPOINT']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const portOf = (server: Server) => {
  const address = server.address();
  return typeof address === 'object' ? address?.port : '';
};

describe('requests of the Azure libraries', () => {
  it.each(['http://127.0.0.1:', '127.0.0.1:'])('to this machine do not use a proxy named as %s…', async (prefix) => {
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) process.env[name] = `${prefix}${portOf(proxy)}`;
    completeProxyVariables(process.env);
    const { names } = testTables();

    const storage = openStorage(connection, names);

    expect(await storage.checkTable('sessions', AbortSignal.timeout(20_000))).toMatchObject({ exists: false });
    expect(asked).toBe(0);
  });

  it.each([
    ['http://127.0.0.1:10002/x', true],
    ['http://127.9.9.9/', true],
    ['http://localhost/', true],
    ['http://a.localhost:1/', true],
    ['http://[::1]:8080/', true],
    ['http://[fe80::1]/', true],
    ['http://[::ffff:127.0.0.1]/', true],
    ['http://169.254.169.254/metadata', true],
    ['http://10.1.2.3:8081/msi/token', true],
    ['https://127.0.0.1.example.com/', false],
    ['https://account.table.core.windows.net/', false],
    ['http://128.0.0.1/', false],
    ['http://10.1.2.3:9000/', false],
  ])('to %s are direct: %s', (url, direct) => {
    process.env['IDENTITY_ENDPOINT'] = 'http://10.1.2.3:8081/msi/token';

    expect(isDirect(new URL(url))).toBe(direct);
  });
});
