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

/** The number of messages in a queue, including invisible ones; 0 if the queue does not exist. */
async function countMessages(queue: QueueClient): Promise<number> {
  return (await queue.exists()) ? ((await queue.getProperties()).approximateMessagesCount ?? 0) : 0;
}

/** Waits until a queue has at most this number of messages. */
async function waitUntilEmpty(queue: QueueClient, most = 0): Promise<void> {
  while ((await countMessages(queue)) > most) await new Promise((resolve) => setTimeout(resolve, 20));
}

const texts = async (queue: QueueClient) =>
  (await queue.receiveMessages({ numberOfMessages: 32 })).receivedMessageItems.map(({ messageText }) =>
    Buffer.from(messageText, 'base64').toString(),
  );

const put = async (host: HostProcess, value: unknown) =>
  (await host.fetch('/api/put', { method: 'POST', body: JSON.stringify({ value }) })).status;

describe('a queue trigger', () => {
  it('passes messages to the function as the real worker does, and then deletes them', async () => {
    const { queue, start } = ownQueue();
    await queue.create();
    const sent = ['a plain text', '12', '[1,2]', '{"a":1}', '{ no JSON }', ''];
    for (const text of sent) await queue.sendMessage(base64(text));

    const host = await start();
    await host.printed(new RegExp(`(receive ends[^]*){${sent.length}}`));

    const messages = [...host.output.matchAll(/receive got (.*)/g)].map(([, json = '']) => JSON.parse(json) as unknown);
    expect(new Set(messages)).toEqual(new Set(['a plain text', 12, [1, 2], { a: 1 }, '{ no JSON }', '']));
    await waitUntilEmpty(queue);
    expect(host.output).toMatch(
      /Executing 'Functions\.receive' \(Reason='New queue message detected on 'q-[^']+'\.', Id=/,
    );
    expect(host.output).toMatch(/Trigger Details: MessageId: \S+, DequeueCount: 1, InsertedOn: \S+\+00:00/);
  });

  it('tries a message up to the maximum, then moves it to the poison queue, which it creates', async () => {
    const { queue, poison, start } = ownQueue();
    await queue.create();
    await queue.sendMessage(base64('fail'));

    const host = await start({ maxDequeueCount: '3' });
    await host.printed(/poisoned got .*"fail"/);

    expect(host.output.match(/receive got/g)).toHaveLength(3);
    expect(host.output).toMatch(/DequeueCount: 3/);
    expect(host.output).toContain(
      `Message has reached MaxDequeueCount of 3. Moving message to queue '${poison.name}'.`,
    );
    // A message that fails there is invisible until its lease ends: a poison queue has no poison queue.
    await host.printed(/Executed 'Functions\.poisoned' \(Failed/);
    expect(await countMessages(queue)).toBe(0);
    expect(await countMessages(poison)).toBe(1);
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
    await waitUntilEmpty(queue, 1);

    expect(host.output.match(/receive got .*"fail"/g)).toHaveLength(1);
    expect(await countMessages(queue)).toBe(1);
  });

  it('never passes on a message that is not base64, and moves it unchanged to the poison queue', async () => {
    const { queue, poison, start } = ownQueue();
    await queue.create();
    await queue.sendMessage('not base64!');

    const host = await start();
    await host.printed(/Moving message to queue/);
    await waitUntilEmpty(queue);

    expect(host.output).not.toContain('receive got');
    expect(await countMessages(poison)).toBe(1);
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
    await waitUntilEmpty(queue);

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

    expect(second.output).toMatch(/DequeueCount: 2/);
    await waitUntilEmpty(queue);
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
    ['an object, in several lines', { a: [1] }, ['{\n  "a": [\n    1\n  ]\n}']],
    ['an array', [{ one: 1 }, { two: 2 }], ['{\n  "one": 1\n}', '{\n  "two": 2\n}']],
    ['an empty array', [], []],
  ])('creates messages from %s', async (_, value, messages) => {
    expect(await put(host, value)).toBe(204);
    const found = await texts(out);
    await out.clearMessages();
    expect(found).toEqual(messages);
  });

  it('creates its queue, and fails the run for a text, which this host does not support', async () => {
    const { out, start } = ownQueue();
    const host = await start();

    const statuses = [await put(host, 'a text'), await put(host, { a: 1 })];

    expect(statuses).toEqual([500, 204]);
    expect(await texts(out)).toEqual(['{\n  "a": 1\n}']);
  });
});
