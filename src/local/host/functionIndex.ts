import { findOutput, findTrigger } from './bindings.ts';
import type { HostFunction } from './hostFunction.ts';
import type { FunctionMetadata } from './protocol.ts';
import type { Listener, TriggerHost } from './triggers.ts';

/** A function that can run. */
export interface IndexedFunction {
  fn: HostFunction;
  listener: Listener;
  /** By the app setting `AzureWebJobs.{name}.Disabled`: the trigger is off, but the admin API can still run it. */
  disabled: boolean;
}

// [azure-functions-host, src/WebJobs.Script/Utility.cs]
const VALID_NAME = /^(?!host$)[a-z][a-z0-9_-]{0,127}$/i;

/**
 * Creates the listeners of the app's functions. A function whose listener cannot be created is in error: it is logged in one line and left
 * out.
 *
 * @returns in the order of the names, ignoring case, which is the order in which routes are matched
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
