import type { Deployment, Ports } from './deployment.ts';

const TRIES = 12;
const PAUSE_MS = 10_000;

interface Health {
  checks?: { name?: string; status?: string; detail?: string; advice?: string }[];
}

/**
 * Asks the app for its health with its function key, which goes into no message.
 *
 * @throws Error that names the checks which failed
 */
export async function checkHealth({ az, get, wait, say }: Ports, { group, app, host }: Deployment): Promise<void> {
  const keys = (await az('functionapp', 'keys', 'list', '--resource-group', group, '--name', app)) as {
    functionKeys?: Record<string, string>;
  };
  const key = keys.functionKeys?.['default'];
  if (!key) throw new Error('The app has no function key named default.');

  let last = '';
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const answer = await get(`https://${host}/api/health/details`, { 'x-functions-key': key }).catch(() => undefined);
    if (answer?.status === 200) return say('The app is healthy.');
    last = answer
      ? describe(answer)
      : `${host} cannot be reached from here. With PUBLIC_INBOUND false only the network of the app reaches it`;
    if (tries < TRIES) await wait(PAUSE_MS);
  }
  throw new Error(`The app is not healthy: ${last}.`.replaceAll(key, '…'));
}

function describe({ status, text }: { status: number; text: string }): string {
  const failed = (parse(text).checks ?? []).filter((check) => check.status === 'failed');
  if (failed.length === 0) return `status ${status}`;
  return failed.map(({ name, detail, advice }) => [name, detail, advice].filter(Boolean).join(': ')).join('; ');
}

function parse(text: string): Health {
  try {
    return JSON.parse(text) as Health;
  } catch {
    return {};
  }
}
