import Module from 'node:module';
import {
  app,
  type Callback,
  type Hook,
  type HookName,
  type ProgrammingModel,
  type RegisteredMetadata,
  SystemError,
} from './appState.ts';

function registerFunction(metadata: RegisteredMetadata, callback: Callback): void {
  if (app.registrationLocked) throw new SystemError('A function can only be registered during app startup.');
  const functionId = metadata.functionId ?? metadata.name;
  app.hasRegistered = true;
  if (app.functions.has(functionId)) {
    throw new SystemError(`A function with id "${functionId}" has already been registered.`);
  }
  app.functions.set(functionId, { metadata, callback });
}

function registerHook(name: string, hook: Hook): void {
  const hooks = app.hooks[name as HookName];
  if (hooks === undefined) throw new SystemError(`The local functions host does not support the hook "${name}".`);
  hooks.push(hook);
}

/**
 * Makes `require('@azure/functions-core')` return this worker's API, everywhere in the process.
 *
 * The module does not exist on disk: the real worker patches `require` in the same way, so an ESM `import` of it cannot work.
 * [azure-functions-nodejs-worker, src/setupCoreModule.ts]
 *
 * It has no `log`: the package then refuses `enableHttpStream`, which this worker does not support.
 */
export function provideCoreModule(): void {
  const core = {
    registerFunction,
    registerHook,
    setProgrammingModel(model: ProgrammingModel) {
      app.programmingModel = model;
    },
  };

  const original = Module.prototype.require;
  Module.prototype.require = new Proxy(original, {
    apply(target, thisArgument, args: [string]) {
      return args[0] === '@azure/functions-core' ? core : Reflect.apply(target, thisArgument, args);
    },
  });
}
