import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { HostMessage, InvocationRequest, WorkerMessage } from '../../../src/local/host/protocol.ts';

/** A deployed app. */
export interface DeployedApp {
  directory: string;
  entryFile: string;
  settings: Record<string, string>;
}

/** Milliseconds from the start of the worker's process. */
export interface ColdStart {
  registeredMs: number;
  answeredMs: number;
  status: number;
  /** Names, in alphabetical order. */
  functions: string[];
}

/**
 * Starts a worker process as the functions host does, lets it load the app, and immediately sends it a first
 * `DELETE /api/upload-sessions/{sessionId}`.
 *
 * @param worker - the local functions host's worker, bundled
 * @param sessionId - if it is not a GUID, the app refuses it without any call
 */
export async function startCold(worker: string, app: DeployedApp, sessionId: string): Promise<ColdStart> {
  const env = { PATH: process.env['PATH'], ...app.settings, FUNCTIONS_APPLICATION_DIRECTORY: app.directory };
  const startedMs = performance.now();
  const child = fork(worker, [], {
    cwd: app.directory,
    env,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => printed.push(text));
  const send = (message: HostMessage) => child.send(message);
  try {
    const { directory: appDirectory, entryFile } = app;
    send({ type: 'start', appDirectory, entryFile });
    const started = await answerOf(child);
    const registeredMs = performance.now() - startedMs;
    if (started.type !== 'started') throw new Error(`The app did not start: ${JSON.stringify(started)}`);
    const remove = started.functions.find(({ name }) => name === 'deleteUploadSession');
    if (!remove) throw new Error(`The app has not registered its functions:\n${printed.join('')}`);
    const trigger = remove.bindings.find(({ direction }) => direction === 'in')?.name ?? '';
    send({ type: 'invoke', request: deletion(remove.functionId, trigger, sessionId) });
    const answered = await answerOf(child);
    const answeredMs = performance.now() - startedMs;
    if (answered.type !== 'response') throw new Error(`The first call failed: ${JSON.stringify(answered)}`);
    const http = answered.response.returnValue?.http;
    const status = http && 'statusCode' in http ? Number(http.statusCode) : 0;
    return { registeredMs, answeredMs, status, functions: started.functions.map(({ name }) => name).sort() };
  } finally {
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  }
}

/** The worker's next message that is not a log line. */
function answerOf(child: ChildProcess): Promise<WorkerMessage> {
  return new Promise((resolve, reject) => {
    const listen = (message: WorkerMessage) => {
      if (message.type === 'log') return;
      stop();
      resolve(message);
    };
    const onExit = () => {
      stop();
      reject(new Error('The worker has ended.'));
    };
    const stop = () => child.off('message', listen).off('exit', onExit);
    child.on('message', listen).once('exit', onExit);
  });
}

function deletion(functionId: string, trigger: string, sessionId: string): InvocationRequest {
  return {
    invocationId: randomUUID(),
    functionId,
    inputData: [
      {
        name: trigger,
        data: {
          http: {
            url: `http://localhost/api/upload-sessions/${sessionId}`,
            method: 'DELETE',
            nullableHeaders: {},
            nullableQuery: {},
            nullableParams: { sessionId: { value: sessionId } },
          },
        },
      },
    ],
    triggerMetadata: {},
    traceContext: { traceParent: '', traceState: '', attributes: {} },
  };
}
