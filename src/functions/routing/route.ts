import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as v from 'valibot';
import { RowContendedError } from '../../cleanup/editSession.ts';
import { RowRefusedError } from '../../cleanup/model/rowRefusedError.ts';
import type { SessionId } from '../../cleanup/model/sessionId.ts';
import { SettingsError } from '../../settings/settingsError.ts';
import { PositionError } from '../../storage/position.ts';
import { isStorageFailure } from '../../storage/storageFailure.ts';
import { connect, errorFacts, logLine } from '../invocation/connect.ts';
import { ApiProblem, badRequest } from './apiProblem.ts';
import { problem } from './problem.ts';
import { type ObjectSchema, readBody, readQuery, readSessionId, refuseBody } from './readRequest.ts';
import { ROUTES, type RouteDeclaration } from './routes.ts';
import { storageProblem } from './storageProblem.ts';

/** A documented answer of a route: JSON, or a page for a browser. */
export type AnswerDescription = JsonAnswer | PageAnswer;

export interface JsonAnswer {
  description: string;
  /** One of schemas.ts. */
  schema: v.GenericSchema;
  examples: Record<string, unknown>;
}

export interface PageAnswer {
  description: string;
  mediaType: 'text/html';
}

/** A route with its facts for the API description and its handler. */
export interface Operation extends Omit<RouteDeclaration, 'load'>, RouteFacts {
  /** The function's name, and the operation's id. */
  name: string;
  handler: HttpHandler;
}

/** The facts of a route for the API description. */
export interface RouteFacts {
  summary: string;
  description: string;
  /** The query parameters, as strings. Without it, every parameter is answered with 400, except on an anonymous route, which ignores them. */
  query?: ObjectSchema;
  /** Without it, every body is answered with 400. */
  body?: { schema: ObjectSchema; examples: Record<string, unknown>; required: boolean };
  answers: Record<number, AnswerDescription>;
  /** The problems it answers with, by status, in addition to 400 for an invalid request and 500 for an internal error. */
  problems: Record<number, string>;
}

/** A validated request. */
export interface RouteInput<Query extends ObjectSchema, Body extends ObjectSchema> {
  /** Only of a route with a session id in its path. */
  sessionId: SessionId;
  query: v.InferOutput<Query>;
  body: v.InferOutput<Body>;
  /** The unparsed values of the other parameters in the path. */
  params: Record<string, string>;
  /** The requested path, including the host's route prefix. */
  pathname: string;
  context: InvocationContext;
}

/** A route's facts and its behaviour. */
export interface Route<Query extends ObjectSchema, Body extends ObjectSchema> extends RouteFacts {
  query?: Query;
  body?: { schema: Body; examples: Record<string, v.InferInput<Body>>; required: boolean };
  /** May throw an {@link ApiProblem} to answer with it. Any other exception is logged and answered with a problem. */
  handle(input: RouteInput<Query, Body>): Promise<HttpResponseInit> | HttpResponseInit;
}

/** `Retry-After` if a row is contended, in seconds. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Makes the handler of a route. It validates the request with the route's schemas, and answers every error as problem+json: an
 * exception would be answered with 500 without a body. A route has no other access to its request, so all routes read it in one way.
 *
 * @param name - as in routes.ts
 */
export function defineRoute<Query extends ObjectSchema = ObjectSchema, Body extends ObjectSchema = ObjectSchema>(
  name: string,
  route: Route<Query, Body>,
): Operation {
  const declaration = ROUTES[name];
  if (!declaration) throw new TypeError(`The route ${name} is not declared in routes.ts.`);
  const { load, ...declared } = declaration;
  const handler = async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    try {
      const sessionId = declared.path.includes('{sessionId}') ? readSessionId(request) : undefined;
      // Monitors and browsers add their own parameters to anonymous routes.
      const isStrict = declared.authLevel !== 'anonymous';
      const query = isStrict ? readQuery(request, route.query ?? NO_PARAMETERS) : {};
      const body = route.body ? await readBody(request, route.body.schema, route.body.required) : {};
      if (!route.body) await refuseBody(request);
      const { pathname } = new URL(request.url);
      const { params } = request;
      const read = { sessionId, query, body, params, pathname, context } as RouteInput<Query, Body>;
      const answer = await route.handle(read);
      return { ...answer, headers: { 'cache-control': 'no-store', ...answer.headers } };
    } catch (error) {
      return await answerTo(error, name, context);
    }
  };
  return { ...declared, ...route, name, handler };
}

const NO_PARAMETERS = v.strictObject({});

async function answerTo(error: unknown, name: string, context: InvocationContext): Promise<HttpResponseInit> {
  const { invocationId } = context;
  if (error instanceof ApiProblem) return error.answer;
  if (error instanceof RowContendedError) {
    const wait = { 'retry-after': String(RETRY_AFTER_SECONDS) };
    return problem(503, 'The row is being written by other clients', error.message, { invocationId }, wait);
  }
  if (error instanceof PositionError) {
    const detail = 'is not a token of this list; start without one';
    return badRequest('Not a valid query', [{ name: 'continuationToken', detail }]).answer;
  }
  if (error instanceof RowRefusedError) {
    const title = error.row === 'session' ? 'The row is full' : 'The outcome could not be recorded';
    return problem(507, title, error.message, { invocationId, errorCode: error.code });
  }
  if (error instanceof SettingsError) {
    context.error(error.message);
    return problem(500, 'The app settings are invalid', error.message, { invocationId });
  }
  context.error(logLine(`${name} failed.`, { runId: invocationId, ...errorFacts(error) }));
  if (isStorageFailure(error)) return storageProblem(error, (await connect()).settings, invocationId);
  const detail = 'The app has a bug. See the log of this invocation.';
  return problem(500, 'The request failed', detail, { invocationId });
}
