import type { RoundHosts } from './roundHosts.ts';
import type { RoundPlan } from './roundPlan.ts';
import type { RoundTables, Testbed } from './testbed.ts';
import type { Uploaders } from './uploaders.ts';

/** What the phases and actions of a round use. */
export interface RoundContext {
  testbed: Testbed;
  tables: RoundTables;
  plan: RoundPlan;
  hosts: RoundHosts;
  uploaders: Uploaders;
}
