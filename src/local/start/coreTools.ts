import { fileURLToPath } from 'node:url';
import { type Child, type ChildOptions, startProgram } from '../childProcess.ts';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

const HOW_TO_GET_THEM = `Azure Functions Core Tools are not installed (no program "func" was found).

They are an optional dependency: "npm ci" installs them if it can download them. Otherwise see
https://learn.microsoft.com/azure/azure-functions/functions-run-local for a package for your system.
"npm start" does the same without them.`;

/**
 * Starts the bundled app on Azure Functions Core Tools.
 *
 * @throws if they are not installed, with instructions
 */
export async function startCoreTools(options: Omit<ChildOptions, 'ready'>): Promise<Child> {
  try {
    return await startProgram('func', {
      ...options,
      args: ['start', ...(options.args ?? [])],
      cwd: PROJECT,
      // func lists the functions once its worker has registered them.
      ready: /^\s*deleteUploadSession: \[DELETE\] (https?:\/\/[^/]+)/,
      timeoutMs: 120_000,
    });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Error(HOW_TO_GET_THEM) : error;
  }
}
