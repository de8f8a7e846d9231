import type { InvocationRequest, InvocationResponse } from '../protocol.ts';
import { app, type Callback, type CoreInvocationContext, runHooks, SystemError } from './appState.ts';
import { log } from './workerLog.ts';

/**
 * Runs one invocation: arguments, preInvocation hooks, the handler, response.
 *
 * @throws the error of the handler or a hook. A thrown `null` or `undefined` is not an error, as in the real worker.
 */
export async function runInvocation(request: InvocationRequest): Promise<InvocationResponse> {
  const registered = app.functions.get(request.functionId);
  if (!registered || !app.programmingModel) {
    throw new SystemError(`Function code for '${request.functionId}' is not loaded and cannot be invoked.`);
  }

  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata: registered.metadata,
    state: undefined,
    log: (level, category, message) => log(level, category, message, request.invocationId),
  };
  const model = await app.programmingModel.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();

  // The hooks can replace the inputs and the handler.
  const hook = {
    hookData: {},
    appHookData: app.appHookData,
    invocationContext: context,
    inputs,
    functionCallback: registered.callback as Callback,
  };
  await during(core, 'preInvocationHooks', () => runHooks('preInvocation', hook));
  let result: unknown = null;
  await during(core, 'invocation', async () => {
    try {
      result = await model.invokeFunction(context, hook.inputs, hook.functionCallback);
    } catch (error) {
      if (error !== null && error !== undefined) throw error;
    }
  });
  return model.getResponse(context, result);
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
