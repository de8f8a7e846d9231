import type { HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import { ApiProblem, badRequest, type Fault, shown } from './apiProblem.ts';

/** Of Functions itself: they may carry its key. */
const PLATFORM_PARAMETERS = new Set(['code', 'clientid']);

/** Far more than any of our bodies needs, in characters. */
const LONGEST_BODY = 65_536;

/** @throws {ApiProblem} 400 when the route's `sessionId` is none */
export function readSessionId(request: HttpRequest): string {
  const given = request.params['sessionId'] ?? '';
  const parsed = parseSessionId(given);
  if ('id' in parsed) return parsed.id;
  throw new ApiProblem(400, 'Not a session id', `${shown(given)} ${parsed.fault}.`);
}

/**
 * Reads the query parameters, whose names may be written in any case. An unknown one is a mistake, such as a filter that
 * would not filter.
 *
 * @throws {ApiProblem} 400 with all that is wrong
 */
export function readQuery<Query extends z.ZodObject>(request: HttpRequest, schema: Query): z.output<Query> {
  const names = new Map(Object.keys(schema.shape).map((name) => [name.toLowerCase(), name]));
  const given: Record<string, unknown> = {};
  for (const [name, value] of request.query) {
    if (PLATFORM_PARAMETERS.has(name.toLowerCase())) continue;
    given[names.get(name.toLowerCase()) ?? name] = value;
  }
  return check(schema, given, 'Not a valid query');
}

/**
 * Reads the JSON body; an empty one counts as `{}`.
 *
 * @throws {ApiProblem} 400 with all that is wrong, 413, or 415
 */
export async function readBody<Body extends z.ZodObject>(request: HttpRequest, schema: Body): Promise<z.output<Body>> {
  const title = 'Not a valid body';
  const text = await request.text();
  if (text.length > LONGEST_BODY) {
    throw new ApiProblem(413, title, `The body is longer than ${LONGEST_BODY} characters.`);
  }
  if (text.trim() === '') return check(schema, {}, title);
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiProblem(415, title, `The body's content type is ${shown(type)}, but must be application/json.`);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new ApiProblem(400, title, `The body is no JSON: ${(error as SyntaxError).message}.`);
  }
  return check(schema, body, title);
}

function check<Schema extends z.ZodObject>(schema: Schema, value: unknown, title: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape).join(', ') || 'none';
  throw badRequest(
    title,
    parsed.error.issues.flatMap((issue) => faultsOf(issue, value, known)),
  );
}

function faultsOf(issue: z.core.$ZodIssue, value: unknown, known: string): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => ({ name: name.slice(0, 80), detail: `is unknown here; known are: ${known}` }));
  }
  const [name] = issue.path;
  if (name === undefined) return [{ name: 'body', detail: 'must be a JSON object' }];
  const given = (value as Record<PropertyKey, unknown>)[name];
  return [{ name: String(name), detail: `is ${shown(given)}, but ${issue.message}` }];
}
