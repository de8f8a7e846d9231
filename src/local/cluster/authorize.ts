import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/**
 * Whether a request may come in. A refusal has an empty body, as the gateway's access check answers, unless it has a
 * FabricErrorCode: then the client is known to the gateway, but may not do this.
 */
export type Authorization =
  | {
      allowed: true;
      by?: Credential | undefined;
      /** The request's body, where the access check had to read on meanwhile; by default the request itself. */
      content?: Readable | undefined;
    }
  | {
      allowed: false;
      status: 401 | 403;
      code?: string | undefined;
      /** The status line's words. */
      reason?: string | undefined;
      headers?: Record<string, string> | undefined;
    };

/** What a client was let in for. */
export type Credential = 'certificate' | 'token';

/** The gateway's access check. It comes after the URL and the `ClusterId` header, before the body is read. */
export type Authorize = (request: IncomingMessage) => Authorization | Promise<Authorization>;

/** An unsecured cluster allows everything. */
export const allowAll: Authorize = () => ({ allowed: true });
