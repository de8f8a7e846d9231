import type { HostFunction } from '../hostFunction.ts';
import type { RouteTemplate } from './routeTemplate.ts';

export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** One HTTP function as the server needs it. */
export interface HttpRoute {
  fn: HostFunction;
  methods: string[];
  authLevel: AuthLevel;
  template: RouteTemplate;
}
