import type { IncomingMessage } from 'node:http';

/** Whether a request may come in. A refusal has an empty body, as the gateway's access check answers. */
export type Authorization =
  | { allowed: true }
  | { allowed: false; status: 401 | 403; headers?: Record<string, string> | undefined };

/** The gateway's access check. It comes after the URL and the `ClusterId` header, before the body is read. */
export type Authorize = (request: IncomingMessage) => Authorization | Promise<Authorization>;

/** An unsecured cluster lets everyone do everything. */
export const allowAll: Authorize = () => ({ allowed: true });
