import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { z } from 'zod';
import { RowContendedError } from '../../cleanup/editSession.ts';
import { SettingsError } from '../../settings/settingsError.ts';
import { errorFacts, logLine } from '../invocation/connect.ts';
import { ApiProblem } from './apiProblem.ts';
import { problem } from './problem.ts';
import { readBody, readQuery, readSessionId } from './readRequest.ts';
import type { RouteAddress } from './routes.ts';

/** What a route answers when all goes well, or as it must: JSON, or a page for a browser. */
export type AnswerDescription = JsonAnswer | PageAnswer;

export interface JsonAnswer {
  description: string;
  /** One of schemas.ts. */
  schema: z.ZodType;
  examples: Record<string, unknown>;
}

export interface PageAnswer {
  description: string;
  mediaType: 'text/html';
}

/** All that the API description tells of a route. */
export interface Operation extends RouteAddress {
  summary: string;
  description: string;
  /** Of texts, as they come; an unknown parameter is a 400. */
  query?: z.ZodObject;
  body?: { schema: z.ZodObject; examples: Record<string, unknown> };
  answers: Record<number, AnswerDescription>;
  /** When it answers with a problem, by status, beside the 400 for what the request holds wrong and the 500 for a fault. */
  problems: Record<number, string>;
}

/** A request that has been read and found right. */
export interface RouteInput<Query extends z.ZodObject, Body extends z.ZodObject> {
  /** In lower case; empty when the path names none. */
  sessionId: string;
  query: z.output<Query>;
  body: z.output<Body>;
  request: HttpRequest;
  context: InvocationContext;
}

/** A route with what it does. */
export interface Route<Query extends z.ZodObject, Body extends z.ZodObject> extends Operation {
  query?: Query;
  body?: { schema: Body; examples: Record<string, z.input<Body>> };
  /** A throw of {@link ApiProblem} is its answer; anything else thrown is a 500 that says so. */
  handle(input: RouteInput<Query, Body>): Promise<HttpResponseInit> | HttpResponseInit;
}

/** What a caller is told to wait when a row is contended, in seconds. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Makes a route's handler: it reads and checks the request by its schemas, and answers every fault as problem+json, since a
 * throw would answer 500 without a word.
 */
export function defineRoute<Query extends z.ZodObject = z.ZodObject, Body extends z.ZodObject = z.ZodObject>(
  route: Route<Query, Body>,
): Operation & { handler: HttpHandler } {
  const handler = async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    try {
      const sessionId = route.path.includes('{sessionId}') ? readSessionId(request) : '';
      const query = route.query ? readQuery(request, route.query) : ({} as z.output<Query>);
      const body = route.body ? await readBody(request, route.body.schema) : ({} as z.output<Body>);
      return await route.handle({ sessionId, query, body, request, context });
    } catch (error) {
      return answerTo(error, route.name, context);
    }
  };
  return { ...route, handler };
}

function answerTo(error: unknown, name: string, context: InvocationContext): HttpResponseInit {
  const { invocationId } = context;
  if (error instanceof ApiProblem) return error.answer;
  if (error instanceof RowContendedError) {
    const wait = { 'retry-after': String(RETRY_AFTER_SECONDS) };
    return problem(503, 'The row is being written by others', error.message, { invocationId }, wait);
  }
  if (error instanceof SettingsError) {
    context.error(error.message);
    return problem(500, 'The app settings are wrong', error.message, { invocationId });
  }
  context.error(logLine(`${name} failed.`, { runId: invocationId, ...errorFacts(error) }));
  const detail = 'The storage could not be used, or the app has a fault; the log of this invocation says more.';
  return problem(500, 'The request failed', detail, { invocationId });
}
