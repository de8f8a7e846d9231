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

registerRoute(
  ROUTES.deleteUploadSession,
  async () => (await import('./functions/http/deleteUploadSession.ts')).onDelete,
);
registerRoute(ROUTES.getDashboard, async () => (await import('./functions/http/getDashboard.ts')).getDashboard.handler);
registerRoute(
  ROUTES.getDashboardContent,
  async () => (await import('./functions/http/getDashboardContent.ts')).getDashboardContent.handler,
);
registerRoute(ROUTES.getHealth, async () => (await import('./functions/http/getHealth.ts')).getHealth.handler);
registerRoute(
  ROUTES.getHealthDetails,
  async () => (await import('./functions/http/getHealthDetails.ts')).getHealthDetails.handler,
);
registerRoute(ROUTES.getOpenApi, async () => (await import('./functions/http/getOpenApi.ts')).getOpenApi.handler);
registerRoute(ROUTES.getSweep, async () => (await import('./functions/http/getSweep.ts')).getSweep.handler);
registerRoute(
  ROUTES.getUploadSession,
  async () => (await import('./functions/http/getUploadSession.ts')).getUploadSession.handler,
);
registerRoute(ROUTES.listOutcomes, async () => (await import('./functions/http/listOutcomes.ts')).listOutcomes.handler);
registerRoute(ROUTES.listSweeps, async () => (await import('./functions/http/listSweeps.ts')).listSweeps.handler);
registerRoute(
  ROUTES.listUploadSessions,
  async () => (await import('./functions/http/listUploadSessions.ts')).listUploadSessions.handler,
);
registerRoute(
  ROUTES.putUploadSession,
  async () => (await import('./functions/http/putUploadSession.ts')).putUploadSession.handler,
);
registerRoute(
  ROUTES.retryUploadSession,
  async () => (await import('./functions/http/retryUploadSession.ts')).retryUploadSession.handler,
);
registerRoute(ROUTES.sweepNow, async () => (await import('./functions/http/sweepNow.ts')).sweepNow.handler);
