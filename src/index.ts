import './functions/lifecycle.ts';
import { registerQueue, registerRoute, registerTimer } from './functions/register.ts';
import { ROUTES } from './functions/routes.ts';
import { sweepParts } from './functions/sweepParts.ts';
import './functions/telemetry.ts';
import { sweepQueue, sweepSchedule } from './registrationSettings.ts';

registerTimer('purgeOutcomes', '0 20 3 * * *', async () => (await import('./functions/purgeOutcomes.ts')).onTimer);
registerTimer(
  'sweepStaleSessions',
  sweepSchedule(),
  async () => (await import('./functions/sweepStaleSessions.ts')).onTimer,
  [sweepParts],
);

registerQueue('sweepPartition', sweepQueue(), async () => (await import('./functions/sweepPartition.ts')).onMessage);
registerQueue(
  'reportPoisonedSweep',
  `${sweepQueue()}-poison`,
  async () => (await import('./functions/reportPoisonedSweep.ts')).onPoisoned,
);

registerRoute(ROUTES.deleteUploadSession, async () => (await import('./functions/deleteUploadSession.ts')).onDelete);
registerRoute(ROUTES.getDashboard, async () => (await import('./functions/getDashboard.ts')).getDashboard.handler);
registerRoute(
  ROUTES.getDashboardContent,
  async () => (await import('./functions/getDashboardContent.ts')).getDashboardContent.handler,
);
registerRoute(ROUTES.getHealth, async () => (await import('./functions/getHealth.ts')).getHealth.handler);
registerRoute(
  ROUTES.getHealthDetails,
  async () => (await import('./functions/getHealthDetails.ts')).getHealthDetails.handler,
);
registerRoute(ROUTES.getOpenApi, async () => (await import('./functions/getOpenApi.ts')).getOpenApi.handler);
registerRoute(ROUTES.getSweep, async () => (await import('./functions/getSweep.ts')).getSweep.handler);
registerRoute(
  ROUTES.getUploadSession,
  async () => (await import('./functions/getUploadSession.ts')).getUploadSession.handler,
);
registerRoute(ROUTES.listOutcomes, async () => (await import('./functions/listOutcomes.ts')).listOutcomes.handler);
registerRoute(ROUTES.listSweeps, async () => (await import('./functions/listSweeps.ts')).listSweeps.handler);
registerRoute(
  ROUTES.listUploadSessions,
  async () => (await import('./functions/listUploadSessions.ts')).listUploadSessions.handler,
);
registerRoute(
  ROUTES.putUploadSession,
  async () => (await import('./functions/putUploadSession.ts')).putUploadSession.handler,
);
registerRoute(
  ROUTES.retryUploadSession,
  async () => (await import('./functions/retryUploadSession.ts')).retryUploadSession.handler,
);
registerRoute(ROUTES.sweepNow, async () => (await import('./functions/sweepNow.ts')).sweepNow.handler);
