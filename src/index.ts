import './functions/lifecycle/lifecycle.ts';
import { registerQueue, registerRoute, registerTimer } from './functions/lifecycle/register.ts';
import { sweepParts } from './functions/queue/sweepParts.ts';
import { ROUTES } from './functions/routing/routes.ts';
import './functions/lifecycle/telemetry.ts';
import { sweepQueue, sweepSchedule } from './settings/registrationSettings.ts';

registerTimer(
  'purgeOutcomes',
  '0 20 3 * * *',
  async () => (await import('./functions/timer/purgeOutcomes.ts')).onTimer,
);
registerTimer(
  'sweepStaleSessions',
  sweepSchedule(),
  async () => (await import('./functions/timer/sweepStaleSessions.ts')).onTimer,
  [sweepParts],
);

registerQueue(
  'sweepPartition',
  sweepQueue(),
  async () => (await import('./functions/queue/sweepPartition.ts')).onMessage,
);
registerQueue(
  'reportPoisonedSweep',
  `${sweepQueue()}-poison`,
  async () => (await import('./functions/queue/reportPoisonedSweep.ts')).onPoisoned,
);

for (const [name, route] of Object.entries(ROUTES)) registerRoute(name, route);
