import type { Hosts } from './hosts.ts';
import type { RoundPlan } from './schedule.ts';
import type { Uploaders } from './uploaders.ts';
import type { RoundTables, World } from './world.ts';

/** The objects that the actions of a round use. */
export interface Stage {
  world: World;
  tables: RoundTables;
  plan: RoundPlan;
  hosts: Hosts;
  uploaders: Uploaders;
}
