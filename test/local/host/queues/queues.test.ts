import { randomUUID } from 'node:crypto';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HostProcess } from '../hostProcess.ts';

const storage = process.env['TEST_STORAGE'] ?? '';
const service = QueueServiceClient.fromConnectionString(storage);
const started: HostProcess[] = [];

afterEach(async () => {
  for (const host of started.splice(0)) await host.dispose();
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A queue for one test, and hosts that listen to it. */
function ownQueue(): {
  queue: QueueClient;
  poison: QueueClient;
  out: QueueClient;
  start(settings?: Record<string, string>, args?: string[]): Promise<HostProcess>;
} {
  const name = `q-${randomUUID()}`;
  return {
    queue: service.getQueueClient(name),
    poison: service.getQueueClient(`${name}-poison`),
    out: service.getQueueClient(`${name}-out`),
    async start(settings = {}, args = []) {
      const queues = Object.entries(settings).map(([key, value]) => [
        `AzureFunctionsJobHost__extensions__queues__${key}`,
        value,
      ]);
      const host = await HostProcess.start({
        app: 'queues',
        args,
        env: {
          AzureWebJobsStorage: storage,
          AzureWebJobsOther: storage,
          QUEUE: name,
          OUT: `${name}-out`,
          AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.2',
          ...Object.fromEntries(queues),
        },
      });
      started.push(host);
      return host;
    },
  };
}

interface Received {
  message: unknown;
  metadata: Record<string, unknown>;
}

/** What a function of the fixture has printed about a message, found by a text in it. */
async function received(host: HostProcess, name: string, text = ''): Promise<Received> {
  const [, json = ''] = await host.printed(new RegExp(`${name} got (.*${text.replace(/[{}[\]]/g, '\\$&')}.*)`));
  return JSON.parse(json) as Received;
}

/** The number of messages in a queue, including invisible ones; `undefined` if there is no such queue. */
async function held(queue: QueueClient): Promise<number> {
  return (await queue.exists()) ? ((await queue.getProperties()).approximateMessagesCount ?? 0) : 0;
}

async function emptied(queue: QueueClient, but = 0): Promise<void> {
  while ((await held(queue)) > but) await new Promise((resolve) => setTimeout(resolve, 20));
}

const texts = async (queue: QueueClient, decode = true) =>
  (await queue.receiveMessages({ numberOfMessages: 32 })).receivedMessageItems.map(({ messageText }) =>
    decode ? Buffer.from(messageText, 'base64').toString() : messageText,
  );

describe('a queue trigger', () => {
  it('passes messages to the function as the real worker does, and then deletes them', async () => {
    const { queue, start } = ownQueue();
    await queue.create();
    const sent = ['a plain text', '12', '[1,2]', '{"a":1}', '{ no JSON }', ''];
    for (const text of sent) await queue.sendMessage(base64(text));

    const host = await start();
    await host.printed(new RegExp(`(receive ends[^]*){${sent.length}}`));

    const messages = [...host.output.matchAll(/receive got (.*)/g)].map(
      ([, json = '']) => (JSON.parse(json) as Received).message,
    );
    expect(new Set(messages)).toEqual(new Set(['a plain text', 12, [1, 2], { a: 1 }, '{ no JSON }', '']));
    await emptied(queue);
    expect(host.output).toMatch(
      /Executing 'Functions\.receive' \(Reason='New queue message detected on 'q-[^']+'\.', Id=/,
    );
    expect(host.output).toMatch(/Trigger Details: MessageId: \S+, DequeueCount: 1, InsertedOn: \S+\+00:00/);
  });

  it("passes the message's properties as metadata, overridden by the members of an object", async () => {
    const { queue, start } = ownQueue();
    await queue.create();
    const text = JSON.stringify({ ID: 'mine', n: 7, yes: true, nested: { A: 1 }, list: [1], none: null });
    const sent = await queue.sendMessage(base64(text));

    const { metadata } = await received(await start(), 'receive');

    const wholeSeconds = (date: Date) => date.toISOString().replace(/\.\d+Z$/, '+00:00');
    expect(metadata).toEqual({
      // The package converts all names to camel case.
      queueTrigger: { iD: 'mine', n: 7, yes: true, nested: { a: 1 }, list: [1], none: null },
      dequeueCount: 1,
      expirationTime: wholeSeconds(sent.expiresOn),
      id: 'mine',
      insertionTime: wholeSeconds(sent.insertedOn),
      nextVisibleTime: expect.stringMatching(/^\d{4}-.*:\d\d\+00:00$/),
      popReceipt: expect.any(String),
      sys: { methodName: 'receive', utcNow: expect.any(String), randGuid: expect.any(String) },
      n: 7,
      yes: 'True',
      nested: { a: 1 },
    });
  });

  it('tries a message up to the maximum, then moves it to the poison queue, which it creates', async () => {
    const { queue, poison, start } = ownQueue();
    await queue.create();
    await queue.sendMessage(base64('fail'));

    const host = await start({ maxDequeueCount: '3' });
    await host.printed(/poisoned got .*"fail"/);

    expect(host.output.match(/receive got/g)).toHaveLength(3);
    expect(host.output).toMatch(/"dequeueCount":3/);
    expect(host.output).toContain(
      `Message has reached MaxDequeueCount of 3. Moving message to queue '${poison.name}'.`,
    );
    // A message that fails there is invisible until its lease ends: a poison queue has no poison queue.
    await host.printed(/Executed 'Functions\.poisoned' \(Failed/);
    expect(await held(queue)).toBe(0);
    expect(await held(poison)).toBe(1);
    expect(await service.getQueueClient(`${poison.name}-poison`).exists()).toBe(false);
  });

  it('delays a failed message for as long as host.json says', async () => {
    const { queue, start } = ownQueue();
    await queue.create();
    await queue.sendMessage(base64('fail'));

    const host = await start({ visibilityTimeout: '00:10:00' });
    await host.printed(/Executed 'Functions\.receive' \(Failed/);
    await queue.sendMessage(base64('next'));
    await host.printed(/receive ends "next"/);
    await emptied(queue, 1);

    expect(host.output.match(/receive got .*"fail"/g)).toHaveLength(1);
    expect(await held(queue)).toBe(1);
  });

  it('never passes on a message that is not base64, and moves it unchanged to the poison queue', async () => {
    const { queue, poison, start } = ownQueue();
    await queue.create();
    await queue.sendMessage('not base64!');

    const host = await start();
    await host.printed(/Moving message to queue/);
    await emptied(queue);

    expect(host.output).not.toContain('receive got');
    expect(await held(poison)).toBe(1);
  });

  it('accepts plain text if host.json says so', async () => {
    const { queue, out, start } = ownQueue();
    await queue.create();
    await queue.sendMessage('no base64');

    const host = await start({ messageEncoding: 'none' });
    await host.fetch('/api/put', { method: 'POST', body: JSON.stringify({ value: 'plain' }) });

    expect((await received(host, 'receive')).message).toBe('no base64');
    expect(await texts(out, false)).toEqual(['plain']);
  });

  it('does not create its queue, but uses it when it exists', async () => {
    const { queue, start } = ownQueue();
    const host = await start();
    expect(await queue.exists()).toBe(false);

    await queue.create();
    await queue.sendMessage(base64('at last'));

    await host.printed(/receive ends "at last"/);
  });

  it('runs as many functions at a time as host.json allows', async () => {
    const { queue, start } = ownQueue();
    await queue.create();
    for (const text of ['hold', 'hold', 'hold']) await queue.sendMessage(base64(text));
    const host = await start({ batchSize: '2', newBatchThreshold: '0' });
    await host.printed(/2 running/);

    await host.fetch('/api/open');
    await host.printed(/(receive ends "hold"[\s\S]*){3}/);

    expect(host.output).not.toContain('3 running');
  });

  it('keeps a message invisible to others while its function runs', async () => {
    const { queue, start } = ownQueue();
    await queue.create();
    await queue.sendMessage(base64('hold'));
    // Each host could receive the message. The storage decides when two leases have ended.
    const host = await start({}, ['--queue-lease', '1']);
    const other = await start({}, ['--queue-lease', '1']);
    await queue.sendMessage(base64('later'), { visibilityTimeout: 3 });
    await Promise.any([host.printed(/receive ends "later"/), other.printed(/receive ends "later"/)]);

    await Promise.all([host.fetch('/api/open'), other.fetch('/api/open')]);
    await emptied(queue);

    expect((host.output + other.output).match(/receive got .*"hold"/g)).toHaveLength(1);
  });

  it('receives the message of a killed host when its lease ends', async () => {
    const { queue, start } = ownQueue();
    await queue.create();
    await queue.sendMessage(base64('hold'));
    const first = await start({}, ['--queue-lease', '2']);
    await first.printed(/receive got/);
    const second = await start({}, ['--queue-lease', '2']);

    first.child.kill('SIGKILL');
    await second.fetch('/api/open');
    await second.printed(/receive ends "hold"/);

    expect(second.output).toMatch(/"dequeueCount":2/);
    await emptied(queue);
  });

  it('waits for the runs in progress at the end, and receives no more messages', async () => {
    const { queue, start } = ownQueue();
    await queue.create();
    await queue.sendMessage(base64('slow'));
    const host = await start({ batchSize: '1', newBatchThreshold: '0' });
    await queue.sendMessage(base64('too late'));
    await host.printed(/receive got/);

    host.child.kill('SIGTERM');

    expect(await host.exited()).toBe(0);
    expect(host.output).toContain("Executed 'Functions.receive' (Succeeded");
    expect(host.output).not.toContain('too late');
    expect(await texts(queue)).toEqual(['too late']);
  });

  it('without a queue name is in error, and other functions are not', async () => {
    const host = await ownQueue().start();

    expect(host.output).toContain(
      "The 'unresolved' function is in error: Error indexing method 'Functions.unresolved'. '%NO_SUCH_SETTING%' does not resolve to a value.",
    );
    expect(host.output).toMatch(/The 'misnamed' function is in error: .*'no_queue' is not a queue name/);
    expect(host.output).toMatch(/receive: queueTrigger q-/);
  });

  it('logs a missing or unreachable storage in one line, while the rest runs', async () => {
    const away = storage.replace(/QueueEndpoint=http:\/\/127\.0\.0\.1:\d+/, 'QueueEndpoint=http://127.0.0.1:9');
    const host = await HostProcess.start({
      app: 'queues',
      env: { AzureWebJobsStorage: away, QUEUE: 'any', OUT: 'any' },
    });
    started.push(host);

    await host.printed(/The queue 'any' of function 'Functions\.receive' can't be read\. Storage: \S+ Trying again\./);
    await host.printed(
      /The queue 'any-poison' of function 'Functions\.poisoned' can't be read\. The app setting Other/,
    );
    expect((await host.fetch('/api/open')).status).toBe(204);
  });
});

describe('a queue output', () => {
  const { out, start } = ownQueue();
  let host: HostProcess;
  beforeAll(async () => {
    await out.create();
    host = await start();
    started.splice(started.indexOf(host), 1);
  });
  afterAll(() => host.dispose());

  it.each([
    ['a text', { value: 'text' }, ['text']],
    ['an object, in several lines', { value: { a: [1] } }, ['{\n  "a": [\n    1\n  ]\n}']],
    ['an array', { value: ['one', 2, { three: 3 }, true, null] }, ['one', '2', '{\n  "three": 3\n}', 'True', '']],
    ['the text of an array', { value: ' ["one", 2] ' }, ['one', '2']],
    ['the text of an object', { value: '{"a":1}' }, ['{\n  "a": 1\n}']],
    ['an empty array', { value: [] }, []],
    ['a number', { value: 12 }, ['12']],
    ['bytes', { value: base64('["bytes"]'), as: 'bytes' }, ['["bytes"]']],
  ])('creates messages from %s', async (_, body, messages) => {
    const { status } = await host.fetch('/api/put', { method: 'POST', body: JSON.stringify(body) });

    expect(status).toBe(204);
    const found = await texts(out);
    await out.clearMessages();
    expect(found).toEqual(messages);
  });

  it('creates its queue, and fails the run for a text that looks like JSON but is not', async () => {
    const { out, start } = ownQueue();
    const host = await start();

    const faulty = await host.fetch('/api/put', { method: 'POST', body: JSON.stringify({ value: '{oh}' }) });
    const good = await host.fetch('/api/put', { method: 'POST', body: JSON.stringify({ value: 'oh' }) });

    expect([faulty.status, good.status]).toEqual([500, 204]);
    expect(await texts(out)).toEqual(['oh']);
  });
});
