import type { InvocationRequest, InvocationResponse } from '../protocol.ts';
import { app, type Callback, type CoreInvocationContext, runHooks, SystemError } from './appState.ts';
import { log } from './workerLog.ts';

/**
 * Runs one invocation: arguments, preInvocation hooks, the handler, postInvocation hooks, response.
 *
 * @throws the error of the handler or a hook. A thrown `null` or `undefined` is not an error, as in the real worker.
 */
export async function runInvocation(request: InvocationRequest): Promise<InvocationResponse> {
  const registered = app.functions.get(request.functionId);
  if (!registered || !app.programmingModel) {
    throw new SystemError(`Function code for '${request.functionId}' is not loaded and cannot be invoked.`);
  }

  const hookData = {};
  let context: unknown;
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata: registered.metadata,
    state: undefined,
    log: (level, category, message) =>
      log(level, category, message, { invocationId: request.invocationId, hookData, context }),
  };
  const model = await app.programmingModel.getInvocationModel(core);
  const given = await model.getArguments();
  context = given.context;

  const shared = { hookData, appHookData: app.appHookData, invocationContext: context };
  const before = { ...shared, inputs: given.inputs, functionCallback: registered.callback as Callback };
  await during(core, 'preInvocationHooks', () => runHooks('preInvocation', before));

  const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
  await during(core, 'invocation', async () => {
    try {
      after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
    }
  });
  await during(core, 'postInvocationHooks', () => runHooks('postInvocation', after));

  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}

async function during(
  core: CoreInvocationContext,
  state: CoreInvocationContext['state'],
  work: () => Promise<void>,
): Promise<void> {
  core.state = state;
  try {
    await work();
  } finally {
    core.state = undefined;
  }
}
