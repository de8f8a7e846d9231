import type { HttpMethod } from '@azure/functions';
import type { Operation } from './route.ts';

/** The declaration of a route, for the registration in the host and for the API description. */
export interface RouteDeclaration {
  method: HttpMethod;
  /** After the host's route prefix. A `{sessionId}` in it is validated before anything else. */
  path: `/${string}`;
  authLevel: 'function' | 'anonymous';
  /** Loads the handler. A literal import, so that the bundler puts each into its own file. */
  load(): Promise<{ route: Operation }>;
}

/** All routes by the names of their functions, which are also the operation ids. A cold start loads only this table. */
export const ROUTES: Readonly<Record<string, RouteDeclaration>> = {
  deleteUploadSession: {
    method: 'DELETE',
    path: '/upload-sessions/{sessionId}',
    authLevel: 'function',
    load: () => import('../http/deleteUploadSession.ts'),
  },
  getDashboard: {
    method: 'GET',
    path: '/dashboard',
    authLevel: 'anonymous',
    load: () => import('../http/getDashboard.ts'),
  },
  getDashboardHistory: {
    method: 'GET',
    path: '/dashboard/history',
    authLevel: 'function',
    load: () => import('../http/getDashboardHistory.ts'),
  },
  getDashboardStatus: {
    method: 'GET',
    path: '/dashboard/status',
    authLevel: 'function',
    load: () => import('../http/getDashboardStatus.ts'),
  },
  getHealth: {
    method: 'GET',
    path: '/health',
    authLevel: 'anonymous',
    load: () => import('../http/getHealth.ts'),
  },
  getHealthDetails: {
    method: 'GET',
    path: '/health/details',
    authLevel: 'function',
    load: () => import('../http/getHealthDetails.ts'),
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    authLevel: 'function',
    load: () => import('../http/getOpenApi.ts'),
  },
  getSweep: {
    method: 'GET',
    path: '/sweeps/{sweepId}',
    authLevel: 'function',
    load: () => import('../http/getSweep.ts'),
  },
  getUploadSession: {
    method: 'GET',
    path: '/upload-sessions/{sessionId}',
    authLevel: 'function',
    load: () => import('../http/getUploadSession.ts'),
  },
  listOutcomes: {
    method: 'GET',
    path: '/outcomes',
    authLevel: 'function',
    load: () => import('../http/listOutcomes.ts'),
  },
  listRuns: {
    method: 'GET',
    path: '/runs',
    authLevel: 'function',
    load: () => import('../http/listRuns.ts'),
  },
  listSweeps: {
    method: 'GET',
    path: '/sweeps',
    authLevel: 'function',
    load: () => import('../http/listSweeps.ts'),
  },
  listUploadSessions: {
    method: 'GET',
    path: '/upload-sessions',
    authLevel: 'function',
    load: () => import('../http/listUploadSessions.ts'),
  },
  putUploadSession: {
    method: 'PUT',
    path: '/upload-sessions/{sessionId}',
    authLevel: 'function',
    load: () => import('../http/putUploadSession.ts'),
  },
  retryUploadSession: {
    method: 'POST',
    path: '/upload-sessions/{sessionId}/retry',
    authLevel: 'function',
    load: () => import('../http/retryUploadSession.ts'),
  },
  sweepNow: {
    method: 'POST',
    path: '/sweeps',
    authLevel: 'function',
    load: () => import('../http/sweepNow.ts'),
  },
};
