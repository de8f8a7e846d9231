import type { Binding, FunctionMetadata } from './protocol.ts';

/** A registered function with its trigger picked out. */
export interface HostFunction extends FunctionMetadata {
  trigger: Binding;
}
