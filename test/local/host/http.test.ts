import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostProcess } from './hostProcess.ts';

interface Echo {
  method: string;
  url: string;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}

let host: HostProcess;

beforeAll(async () => {
  host = await HostProcess.start({
    app: 'http',
    env: { 'AzureWebJobs.disabled.Disabled': '1', FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' },
  });
});
afterAll(() => host.dispose());

async function echo(path: string, init?: RequestInit): Promise<Echo> {
  const response = await host.fetch(path, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Echo;
}

async function statusOf(path: string, init?: RequestInit): Promise<number> {
  return (await host.fetch(path, init)).status;
}

/** The raw answer to a raw request. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(host.address).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

describe('the ready lines', () => {
  it('contain the address, and every function with its trigger', () => {
    expect(host.output).toContain(`Functions host ready at ${host.address}\n`);
    expect(host.output).toContain(`  echo: [GET,POST,PUT,DELETE] ${host.address}/api/Echo/{a}\n`);
    expect(host.output).toContain(`  withoutRoute: [GET,POST] ${host.address}/api/withoutRoute\n`);
  });

  it('leave out functions in error, with the real host’s messages', () => {
    expect(host.output).toContain(
      "The 'reserved' function is in error: The specified route conflicts with one or more built in routes.",
    );
    expect(host.output).toContain(
      "The 'unresolved' function is in error: Error indexing method 'Functions.unresolved'. '%NO_SUCH_SETTING%' does not resolve to a value.",
    );
    for (const [name, segment] of [
      ['constraint', '{id:guid}'],
      ['catchAll', '{*path}'],
      ['default', '{n=1}'],
      ['parts', '{name}.{extension}'],
      ['optional', '{a?}'],
    ]) {
      expect(host.output).toContain(
        `The '${name}' function is in error: The route segment '${segment}' is not supported by the local functions host`,
      );
    }
    expect(host.output).not.toContain('/api/administrators');
  });
});

describe('routes', () => {
  it('match literals ignoring case, and accept a trailing slash', async () => {
    expect((await echo('/API/eCHO/one/')).params).toEqual({ a: 'one' });
  });

  it('match only paths with the same number of segments', async () => {
    expect((await echo('/api/echo/one')).params).toEqual({ a: 'one' });
    expect((await echo('/api/echo/one/two')).params).toEqual({ a: 'one', b: 'two' });
    expect(await statusOf('/api/echo')).toBe(404);
    expect(await statusOf('/api/echo/one/two/three')).toBe(404);
  });

  it('decode parameters, but not an encoded slash', async () => {
    expect((await echo('/api/echo/%7Bx%7D/a%2Fb%20%C3%A4')).params).toEqual({ a: '{x}', b: 'a%2Fb ä' });
  });

  it('are matched in the order of the function names, ignoring case, not of registration or specificity', async () => {
    expect(await (await host.fetch('/api/order/literal')).text()).toBe('catch');
  });

  it('answer 404 with an empty body for a method that the function does not have, including HEAD', async () => {
    const patch = await host.fetch('/api/echo/one', { method: 'PATCH' });

    expect([patch.status, await patch.text(), patch.headers.get('allow')]).toEqual([404, '', null]);
    expect(await statusOf('/api/echo/one', { method: 'HEAD' })).toBe(404);
  });

  it.each([
    ['/api/guid/11111111-2222-3333-4444-555555555555', 404],
    ['/api/rest/x', 404],
    ['/api/disabled', 404],
    ['/api/unresolved', 404],
    ['/', 404],
    ['/echo/one', 404],
  ])('answer %s with %i', async (path, status) => {
    expect(await statusOf(path)).toBe(status);
  });
});

describe('a request', () => {
  it('has its query names joined ignoring case, and its URL unchanged', async () => {
    const seen = await echo('/api/echo/one?a=1&a=2&A=3&flag&code=x%2Fy+z');

    expect(seen.query).toEqual({ a: '1,2,3', flag: '', code: 'x/y z' });
    expect(seen.url).toBe(`${host.address}/api/echo/one?a=1&a=2&A=3&flag&code=x%2Fy+z`);
  });

  it('has its headers in lower case, with repeated values joined by a comma without a space', async () => {
    const answer = await raw(
      'GET /api/echo/one HTTP/1.1\r\nHost: LocalHost:81\r\nX-Twice: 1\r\nx-twice: 2\r\nConnection: close\r\n\r\n',
    );

    expect(answer).toContain('"x-twice":"1,2"');
    expect(answer).toContain('"url":"http://localhost:81/api/echo/one"');
  });

  it('has its body if it has a Content-Length', async () => {
    expect((await echo('/api/echo/one', { method: 'POST', body: 'süß' })).body).toBe('süß');
  });

  it('has an empty body if it is chunked', async () => {
    const answer = await raw(
      'POST /api/echo/one HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    );

    expect(answer).toContain('"body":""');
  });

  it('with a body over the limit is answered with 413', async () => {
    expect(await statusOf('/api/echo/one', { method: 'POST', body: 'x'.repeat(1001) })).toBe(413);
    expect(await statusOf('/api/echo/one', { method: 'POST', body: 'x'.repeat(1000) })).toBe(200);
  });
});

describe('a request from a web page of another site', () => {
  const post = 'content-type: application/x-www-form-urlencoded\r\ncontent-length: 3\r\nConnection: close\r\n\r\na=b';

  it.each(['/api/echo/one', '/admin/functions/echo', '/nowhere'])(
    'is refused at %s, and no function runs',
    async (path) => {
      const before = host.output.length;

      const posted = await raw(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:7071\r\nOrigin: https://evil.example\r\n${post}`,
      );
      const rebound = await raw(`POST ${path} HTTP/1.1\r\nHost: evil.example:7071\r\n${post}`);

      expect(posted).toMatch(
        /^HTTP\/1\.1 403 .*Refused: the request comes from a web page of the origin "https:\/\/evil\.example"/s,
      );
      expect(rebound).toMatch(/^HTTP\/1\.1 403 .*Refused: the request is for the host "evil\.example:7071"/s);
      expect(host.output.slice(before)).not.toContain('Executing');
    },
  );

  it('is not a request from a page of this address', async () => {
    const own = await raw(
      `POST /api/echo/one HTTP/1.1\r\nHost: localhost:7071\r\nOrigin: http://localhost:7071\r\n${post}`,
    );

    expect(own).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('an answer', () => {
  it('is 500 with an empty body if the handler throws; the log has the message, without its credential', async () => {
    const response = await host.fetch('/api/throws');

    expect([response.status, await response.text()]).toEqual([500, '']);
    await host.printed(
      /Executed 'Functions\.throws' \(Failed, Id=[-0-9a-f]+, Duration=\d+ms\)\nException while executing function: Functions\.throws\. Result: Failure\nException: broken with "\[Hidden Credential\]" in it\nStack: /,
    );
    expect(host.output).not.toContain('abc123');
  });

  it.each([
    ['/api/returnsNothing', 204],
    ['/api/throwsNothing', 204],
    ['/api/returnsText', 500],
    ['/api/status/204', 204],
    ['/api/status/304', 304],
    ['/api/status/599', 599],
    ['/api/status/199', 500],
    ['/api/status/600', 500],
  ])('of %s is %i', async (path, status) => {
    expect(await statusOf(path)).toBe(status);
  });

  it('is chunked unless the function sets its length', async () => {
    const chunked = await host.fetch('/api/withoutRoute');
    const measured = await host.fetch('/api/length/5');

    expect(chunked.headers.get('transfer-encoding')).toBe('chunked');
    expect([measured.headers.get('content-length'), await measured.text()]).toEqual(['5', '12345']);
  });

  it('breaks the connection instead of hanging if the function sets a wrong length', async () => {
    await expect(host.fetch('/api/length/6').then((response) => response.text())).rejects.toThrow();
  });

  it('does not change bytes', async () => {
    const body = await (await host.fetch('/api/bytes')).arrayBuffer();

    expect([...new Uint8Array(body)]).toEqual([0, 255, 10]);
  });

  it('has header names in lower case', async () => {
    const answer = await raw('GET /api/mixedCase HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');

    expect(answer).toContain('\r\nx-mixed-case: kept\r\n');
  });

  it('is 500 with the reason if the function sets cookies, which this host does not support', async () => {
    const response = await host.fetch('/api/cookies');

    expect([response.status, await response.text()]).toEqual([
      500,
      'The local functions host does not send cookies.\n',
    ]);
  });
});

describe('POST /admin/functions/{name}', () => {
  const post = (name: string, body: string, type = 'application/json') =>
    host.fetch(`/admin/functions/${name}`, { method: 'POST', body, headers: { 'content-type': type } });

  it.each([
    ['echo', '{}', 'application/json', 202],
    ['ECHO', '{"input": "text"}', 'application/json; charset=utf-8', 202],
    ['echo', '{"input": null}', 'application/json', 202],
    ['echo', '{"input": {}}', 'application/json', 400],
    ['echo', '{"input": []}', 'application/json', 400],
    ['echo', '{', 'application/json', 400],
    ['echo', 'null', 'application/json', 400],
    ['echo', '{}', 'text/plain', 415],
    ['nobody', '{}', 'application/json', 404],
    ['reserved', '{}', 'application/json', 404],
  ])('for %s with %s as %s is answered with %i and an empty body', async (name, body, type, status) => {
    const response = await post(name, body, type);

    expect([response.status, await response.text()]).toEqual([status, '']);
  });
});
