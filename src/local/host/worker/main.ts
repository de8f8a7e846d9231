/**
 * The worker process: loads the app and runs its functions. Only the host starts it.
 */
import type { FunctionMetadata, HostMessage, InvocationRequest } from '../protocol.ts';
import { app, runHooks, toError } from './appState.ts';
import { provideCoreModule } from './coreApi.ts';
import { loadApp } from './loadApp.ts';
import { runInvocation } from './runInvocation.ts';
import { log, send } from './workerLog.ts';

// If the host has ended, this process ends too, even during an invocation.
process.on('disconnect', () => process.exit(1));

// Ctrl-C reaches every process of the terminal. The host decides when the worker ends, so that it can drain first.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

// Also receives unhandled rejections. One ends all invocations of this process, as with the real worker.
process.on('uncaughtException', (thrown) => {
  console.error(`Worker uncaught exception: ${toError(thrown).stack}`);
  process.exit(1);
});

process.on('message', (message: HostMessage) => {
  if (message.type === 'start') void start(message);
  else if (message.type === 'invoke') void invoke(message.request);
  else void terminate();
});

async function start(message: HostMessage & { type: 'start' }): Promise<void> {
  try {
    provideCoreModule();
    const blocking = await loadApp(message.entryFile);
    await runHooks('appStart', {
      hookData: app.appLevelHookData,
      appHookData: app.appHookData,
      functionAppDirectory: message.appDirectory,
    });
    app.registrationLocked = true;
    if (blocking) return send({ type: 'startFailed', at: 'app', exception: describe(blocking) });
    send({ type: 'started', functions: [...app.functions.keys()].map(metadataOf) });
  } catch (thrown) {
    send({ type: 'startFailed', at: 'worker', exception: describe(thrown) });
  }
}

async function invoke(request: InvocationRequest): Promise<void> {
  try {
    send({ type: 'response', response: await runInvocation(request) });
  } catch (thrown) {
    if (isSystemError(thrown)) log('error', 'system', thrown.message);
    send({ type: 'failure', invocationId: request.invocationId, exception: describe(thrown) });
  }
}

/** The hooks run while invocations may still be running. Invocations that are still running after the hooks are aborted. */
async function terminate(): Promise<void> {
  await runHooks('appTerminate', { hookData: app.appLevelHookData, appHookData: app.appHookData });
  process.exit(0);
}

/** The package has its own class for these errors, so the property is checked, not the class. */
function isSystemError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'isAzureFunctionsSystemError' in thrown;
}

function describe(thrown: unknown): { message: string; stackTrace: string } {
  const error = toError(thrown);
  return { message: error.message, stackTrace: error.stack ?? '' };
}

/** Bindings are converted to JSON, as for the real host, which drops what JSON does not support. */
function metadataOf(functionId: string): FunctionMetadata {
  const { name, bindings, retryOptions } = (app.functions.get(functionId) ?? { metadata: undefined }).metadata ?? {
    name: functionId,
    bindings: {},
  };
  const list = Object.entries(bindings).map(([bindingName, binding]) => ({ ...binding, name: bindingName }));
  const metadata = { functionId, name, bindings: list, hasRetryOptions: retryOptions !== undefined };
  return JSON.parse(JSON.stringify(metadata)) as FunctionMetadata;
}
