import type { Binding, FunctionMetadata } from './protocol.ts';

/** A registered function with its trigger binding. */
export interface HostFunction extends FunctionMetadata {
  trigger: Binding;
}
