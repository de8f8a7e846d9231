import type { InvocationRequest, InvocationResponse, LogLevel } from '../protocol.ts';

/** The app uses the platform incorrectly. The package and the host treat this differently from the app's own errors. */
export class SystemError extends Error {
  readonly isAzureFunctionsSystemError = true;
}

/** Metadata as `@azure/functions` passes it: bindings by name. */
export interface RegisteredMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, { type?: string; direction?: string; [option: string]: unknown }>;
  retryOptions?: Record<string, unknown>;
}

export interface RegisteredFunction {
  metadata: RegisteredMetadata;
  callback: Callback;
}

export type Callback = (...args: unknown[]) => unknown;

/** The package's `InvocationModel` for one invocation. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: Callback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface CoreInvocationContext {
  invocationId: string;
  request: InvocationRequest;
  metadata: RegisteredMetadata;
  state: 'preInvocationHooks' | 'invocation' | undefined;
  log(level: LogLevel, category: 'user' | 'system', message: string): void;
}

export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
}

const HOOK_NAMES = ['appStart', 'appTerminate', 'preInvocation'] as const;
export type HookName = (typeof HOOK_NAMES)[number];
export type Hook = (context: object) => unknown;

/** The registrations of the app in this process. */
export const app = {
  functions: new Map<string, RegisteredFunction>(),
  hooks: Object.fromEntries(HOOK_NAMES.map((name) => [name, [] as Hook[]])) as Record<HookName, Hook[]>,
  programmingModel: undefined as ProgrammingModel | undefined,
  /** Set when the functions are reported to the host: no more can be registered after that. */
  registrationLocked: false,
  /** Whether a function was ever registered. It decides how an entry point's error is treated. */
  hasRegistered: false,
  appHookData: {},
  appLevelHookData: {},
};

/** Runs the hooks of one name, one after the other, in the order of their registration. */
export async function runHooks(name: HookName, context: object): Promise<void> {
  for (const hook of app.hooks[name]) await hook(context);
}

/** Converts a thrown value to an error, as the real worker does: a string or an object becomes the message. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  if (thrown === undefined || thrown === null) return new Error('Unknown error');
  return new Error(typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown));
}
