import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/**
 * The result of the access check. A refusal has an empty body, like that of the real gateway, unless it has a FabricErrorCode: then
 * the client is known, but not allowed to do this.
 */
export type Authorization =
  | {
      allowed: true;
      by?: Credential | undefined;
      /** The request's body, if the access check had to read it; by default the request itself. */
      content?: Readable | undefined;
    }
  | {
      allowed: false;
      status: 401 | 403;
      code?: string | undefined;
      /** The status text. */
      reason?: string | undefined;
      headers?: Record<string, string> | undefined;
    };

/** How a client was authenticated. */
export type Credential = 'certificate' | 'token';

/** The gateway's access check. It comes after the check of the URL and the `ClusterId` header, and before the body is read. */
export type Authorize = (request: IncomingMessage) => Authorization | Promise<Authorization>;

/** An unsecured cluster allows everything. */
export const allowAll: Authorize = () => ({ allowed: true });
