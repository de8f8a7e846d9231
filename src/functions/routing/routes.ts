import type { HttpMethod } from '@azure/functions';

/** Where the host finds a route's function. */
export interface RouteAddress {
  /** The function's name, and the operation's id. */
  name: string;
  method: HttpMethod;
  /** Behind the host's route prefix. With `{sessionId}` in it, a GUID is checked before anything else. */
  path: `/${string}`;
  authLevel: 'function' | 'anonymous';
}

/** All routes: what the host has to know of them, which is all that a cold start loads. */
export const ROUTES = {
  deleteUploadSession: {
    name: 'deleteUploadSession',
    method: 'DELETE',
    path: '/upload-sessions/{sessionId}',
    authLevel: 'function',
  },
  getDashboard: { name: 'getDashboard', method: 'GET', path: '/dashboard', authLevel: 'anonymous' },
  getDashboardContent: {
    name: 'getDashboardContent',
    method: 'GET',
    path: '/dashboard/content',
    authLevel: 'function',
  },
  getHealth: { name: 'getHealth', method: 'GET', path: '/health', authLevel: 'anonymous' },
  getHealthDetails: { name: 'getHealthDetails', method: 'GET', path: '/health/details', authLevel: 'function' },
  getOpenApi: { name: 'getOpenApi', method: 'GET', path: '/openapi.json', authLevel: 'function' },
  getSweep: { name: 'getSweep', method: 'GET', path: '/sweeps/{sweepId}', authLevel: 'function' },
  getUploadSession: {
    name: 'getUploadSession',
    method: 'GET',
    path: '/upload-sessions/{sessionId}',
    authLevel: 'function',
  },
  listOutcomes: { name: 'listOutcomes', method: 'GET', path: '/outcomes', authLevel: 'function' },
  listSweeps: { name: 'listSweeps', method: 'GET', path: '/sweeps', authLevel: 'function' },
  listUploadSessions: { name: 'listUploadSessions', method: 'GET', path: '/upload-sessions', authLevel: 'function' },
  putUploadSession: {
    name: 'putUploadSession',
    method: 'PUT',
    path: '/upload-sessions/{sessionId}',
    authLevel: 'function',
  },
  retryUploadSession: {
    name: 'retryUploadSession',
    method: 'POST',
    path: '/upload-sessions/{sessionId}/retry',
    authLevel: 'function',
  },
  sweepNow: { name: 'sweepNow', method: 'POST', path: '/sweeps', authLevel: 'function' },
} as const satisfies Record<string, RouteAddress>;
