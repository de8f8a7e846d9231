import { findOutput, findTrigger } from './bindings.ts';
import type { HostFunction } from './hostFunction.ts';
import type { FunctionMetadata } from './protocol.ts';
import type { Listener, TriggerHost } from './triggers.ts';

/** A function that can run. */
export interface IndexedFunction {
  fn: HostFunction;
  listener: Listener;
  /** By the app setting `AzureWebJobs.{name}.Disabled`: its trigger is off, but an admin run still runs it. */
  disabled: boolean;
}

// [azure-functions-host, src/WebJobs.Script/Utility.cs]
const VALID_NAME = /^(?!host$)[a-z][a-z0-9_-]{0,127}$/i;

/**
 * Makes the listeners of the app's functions. A function whose listener cannot be made is in error: that is logged in one line, and it is left out.
 *
 * @returns in the order of the names without regard to case: the order in which routes are tried
 */
export async function indexFunctions(functions: FunctionMetadata[], host: TriggerHost): Promise<IndexedFunction[]> {
  const indexed: IndexedFunction[] = [];
  for (const metadata of [...functions].sort((a, b) => compareNames(a.name, b.name))) {
    try {
      const fn = toHostFunction(metadata);
      const trigger = await findTrigger(fn.trigger.type);
      for (const binding of fn.bindings) {
        if (binding.direction === 'out') (await findOutput(binding.type))(binding, host);
      }
      indexed.push({ fn, listener: trigger(fn, host), disabled: isDisabled(fn.name, host.settings) });
    } catch (error) {
      host.log.write(
        'error',
        'Host.Startup',
        `The '${metadata.name}' function is in error: ${(error as Error).message}`,
      );
    }
  }
  return indexed;
}

/** `OrdinalIgnoreCase` of .NET, which compares the upper-case forms. */
function compareNames(a: string, b: string): number {
  const [first, second] = [a.toUpperCase(), b.toUpperCase()];
  return first < second ? -1 : Number(first > second);
}

function toHostFunction(metadata: FunctionMetadata): HostFunction {
  if (!VALID_NAME.test(metadata.name)) throw new Error(`'${metadata.name}' is not a valid function name.`);
  const trigger = metadata.bindings.find((binding) => /trigger$/i.test(binding.type));
  if (!trigger) throw new Error('No trigger binding was found.');
  if (metadata.hasRetryOptions)
    throw new Error('It has retry options, which the local functions host does not support.');
  return { ...metadata, trigger };
}

function isDisabled(name: string, settings: Record<string, string>): boolean {
  const value = settings[`AzureWebJobs.${name}.Disabled`] ?? settings[`AzureWebJobs_${name}_Disabled`];
  return value === '1' || value?.toLowerCase() === 'true';
}
