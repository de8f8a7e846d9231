import type { HttpMethod } from '@azure/functions';
import type { Operation } from './route.ts';

/** A route, declared once: the host's registration and the API description come from it. */
export interface RouteDeclaration {
  method: HttpMethod;
  /** Behind the host's route prefix. With `{sessionId}` in it, a GUID is checked before anything else. */
  path: `/${string}`;
  authLevel: 'function' | 'anonymous';
  /** Loads what handles a call. A literal import, so that the bundle keeps each in a file of its own. */
  load(): Promise<{ route: Operation }>;
}

/**
 * All routes, by their functions' names, which are the operations' ids too. A cold start loads no more of them than this.
 */
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
