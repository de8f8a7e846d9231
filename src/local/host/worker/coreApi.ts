import Module from 'node:module';
import type { LogLevel } from '../protocol.ts';
import {
  app,
  type Callback,
  type Hook,
  type HookName,
  type ProgrammingModel,
  type RegisteredMetadata,
  SystemError,
} from './appState.ts';
import { log } from './workerLog.ts';

/** The version that the app sees: that of the real worker whose behaviour this worker follows. */
const WORKER_VERSION = '3.13.0';

class Disposable {
  #dispose: (() => void) | undefined;

  constructor(dispose: () => void) {
    this.#dispose = dispose;
  }

  static from(...parts: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const part of parts) part.dispose();
    });
  }

  dispose(): void {
    this.#dispose?.();
    this.#dispose = undefined;
  }
}

function registerFunction(metadata: RegisteredMetadata, callback: Callback): Disposable {
  if (app.registrationLocked) throw new SystemError('A function can only be registered during app startup.');
  const functionId = metadata.functionId ?? metadata.name;
  app.hasRegistered = true;
  if (app.functions.has(functionId)) {
    throw new SystemError(`A function with id "${functionId}" has already been registered.`);
  }
  app.functions.set(functionId, { metadata, callback });
  return new Disposable(() => {
    if (app.registrationLocked) throw new SystemError('A function can only be disposed during app startup.');
    app.functions.delete(functionId);
  });
}

function registerHook(name: string, hook: Hook): Disposable {
  const hooks = app.hooks[name as HookName];
  if (hooks === undefined) {
    throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true });
  }
  hooks.push(hook);
  return new Disposable(() => {
    const index = hooks.indexOf(hook);
    if (index >= 0) hooks.splice(index, 1);
  });
}

/**
 * Makes `require('@azure/functions-core')` return this worker's API, everywhere in the process.
 *
 * The module does not exist on disk: the real worker patches `require` in the same way, so an ESM `import` of it cannot work.
 * [azure-functions-nodejs-worker, src/setupCoreModule.ts]
 */
export function provideCoreModule(hostVersion: string): void {
  const core = {
    version: WORKER_VERSION,
    hostVersion,
    registerFunction,
    registerHook,
    setProgrammingModel(model: ProgrammingModel) {
      app.programmingModel = model;
    },
    getProgrammingModel: () => app.programmingModel,
    log: (level: LogLevel, category: 'user' | 'system', message: string) => log(level, category, message),
    Disposable,
  };

  const original = Module.prototype.require;
  Module.prototype.require = new Proxy(original, {
    apply(target, thisArgument, args: [string]) {
      return args[0] === '@azure/functions-core' ? core : Reflect.apply(target, thisArgument, args);
    },
  });
}
