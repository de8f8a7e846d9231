import type { OutputWriter } from './call.ts';
import type { Binding } from './protocol.ts';
import type { Output, OutputKind, TriggerHost, TriggerKind } from './triggers.ts';

/** By the binding's type in lower case; loaded only when a function uses it, since loading costs start-up time. */
const TRIGGERS: Record<string, () => Promise<TriggerKind>> = {
  httptrigger: async () => (await import('./http/httpTrigger.ts')).httpTrigger,
  queuetrigger: async () => (await import('./queues/queueTrigger.ts')).queueTrigger,
  timertrigger: async () => (await import('./timers/timerTrigger.ts')).timerTrigger,
};

const OUTPUTS: Record<string, () => Promise<OutputKind>> = {
  // The HTTP listener answers its client itself.
  http: async () => () => async () => {},
  queue: async () => (await import('./queues/queueOutput.ts')).queueOutput,
};

/** @throws Error in the host's words when there is no such trigger */
export async function findTrigger(type: string): Promise<TriggerKind> {
  return (TRIGGERS[type.toLowerCase()] ?? unknownType(type))();
}

export async function findOutput(type: string): Promise<OutputKind> {
  return (OUTPUTS[type.toLowerCase()] ?? unknownType(type))();
}

/** Hands what a run left in the function's outputs to them. A failure there fails the run, as in the host. */
export function outputWriter(host: TriggerHost): OutputWriter {
  const made = new Map<Binding, Output>();
  return async (fn, response) => {
    for (const binding of fn.bindings.filter(({ direction }) => direction === 'out')) {
      const named = response.outputData?.find(({ name }) => name === binding.name)?.data;
      const value = binding.name === '$return' ? response.returnValue : named;
      if (!value) continue;
      const output = made.get(binding) ?? (await findOutput(binding.type))(binding, host);
      made.set(binding, output);
      await output(value);
    }
  };
}

function unknownType(type: string): never {
  throw new Error(
    `The binding type(s) '${type}' are not registered. Please ensure the type is correct and the binding extension is installed.`,
  );
}
