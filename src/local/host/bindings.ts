import type { OutputWriter } from './call.ts';
import type { Binding } from './protocol.ts';
import type { Output, OutputKind, TriggerHost, TriggerKind } from './triggers.ts';

/** By the binding's type in lower case. Each is loaded only if a function uses it, since loading costs startup time. */
const TRIGGERS: Record<string, () => Promise<TriggerKind>> = {
  httptrigger: async () => (await import('./http/httpTrigger.ts')).httpTrigger,
  queuetrigger: async () => (await import('./queues/queueTrigger.ts')).queueTrigger,
  timertrigger: async () => (await import('./timers/timerTrigger.ts')).timerTrigger,
};

const OUTPUTS: Record<string, () => Promise<OutputKind>> = {
  // The HTTP listener itself sends the answer.
  http: async () => () => async () => {},
  queue: async () => (await import('./queues/queueOutput.ts')).queueOutput,
};

/** @throws Error with the real host's message if the trigger is unknown */
export async function findTrigger(type: string): Promise<TriggerKind> {
  return (TRIGGERS[type.toLowerCase()] ?? unknownType(type))();
}

export async function findOutput(type: string): Promise<OutputKind> {
  return (OUTPUTS[type.toLowerCase()] ?? unknownType(type))();
}

/** Writes the values of a run to the function's outputs. An error there fails the run, as in the real host. */
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
