import type { Hosts } from './hosts.ts';
import type { RoundPlan } from './schedule.ts';
import type { Uploaders } from './uploaders.ts';
import type { RoundTables, World } from './world.ts';

/** What the actions of a round act upon. */
export interface Stage {
  world: World;
  tables: RoundTables;
  plan: RoundPlan;
  hosts: Hosts;
  uploaders: Uploaders;
}
