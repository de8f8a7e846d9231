import type { HttpRequest } from '@azure/functions';
import * as v from 'valibot';
import { cutText } from '../../cleanup/model/cutText.ts';
import { parseSessionId, type SessionId } from '../../cleanup/model/sessionId.ts';
import { ApiProblem, badRequest, type InvalidInput, shown } from './apiProblem.ts';

/** The parameters of the Functions host. They may contain its key. */
const PLATFORM_PARAMETERS = new Set(['code', 'clientid']);

/** The schema of a query or a body. */
export type ObjectSchema = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** Far more than any request body needs, in bytes. */
const LONGEST_BODY = 65_536;

const BODY_TITLE = 'Not a valid body';

/** @throws {ApiProblem} 400 if the route's `sessionId` is not valid */
export function readSessionId(request: HttpRequest): SessionId {
  const given = request.params['sessionId'] ?? '';
  const parsed = parseSessionId(given);
  if ('id' in parsed) return parsed.id;
  throw new ApiProblem(400, 'Not a session id', `${shown(given)} ${parsed.error}.`);
}

/**
 * Reads the query parameters, whose names are case-insensitive. An unknown, repeated or empty parameter is an error, and does not
 * count as the default.
 *
 * It reads the URL, because the host joins repeated parameters into one value.
 *
 * @throws {ApiProblem} 400 with all errors
 */
export function readQuery<Query extends ObjectSchema>(request: HttpRequest, schema: Query): v.InferOutput<Query> {
  const names = new Map(Object.keys(schema.entries).map((name) => [name.toLowerCase(), name]));
  const given = new Map<string, string>();
  const isEmpty = ([name, value]: [string, string]) => value === '' && Object.hasOwn(schema.entries, name);
  const errors: InvalidInput[] = [];
  for (const [written, value] of new URL(request.url).searchParams) {
    if (PLATFORM_PARAMETERS.has(written.toLowerCase())) continue;
    const name = names.get(written.toLowerCase()) ?? written;
    if (given.has(name)) errors.push({ name: cutText(name, 80), detail: 'is given more than once, expected once' });
    else if (isEmpty([name, value])) errors.push({ name, detail: 'is empty; set a value, or leave it out' });
    given.set(name, value);
  }
  const read = validate(schema, Object.fromEntries([...given].filter((parameter) => !isEmpty(parameter))));
  if ('errors' in read) errors.push(...read.errors);
  if (errors.length > 0 || !('value' in read)) throw badRequest('Not a valid query', errors);
  return read.value;
}

/**
 * Reads the JSON body.
 *
 * @param isRequired - whether an empty body is an error; otherwise it counts as `{}`
 * @throws {ApiProblem} 400 with all errors, 411, 413, or 415
 */
export async function readBody<Body extends ObjectSchema>(
  request: HttpRequest,
  schema: Body,
  isRequired: boolean,
): Promise<v.InferOutput<Body>> {
  const bytes = await bytesOf(request);
  if (bytes.length === 0) {
    if (!isRequired) return valid(schema, {});
    throw badRequest(BODY_TITLE, [{ name: 'body', detail: 'is empty; send {} for the defaults' }]);
  }
  if (bytes.length > LONGEST_BODY) {
    throw new ApiProblem(413, BODY_TITLE, `The body is longer than ${LONGEST_BODY} bytes.`);
  }
  checkContentType(request);
  const text = textOf(bytes);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new ApiProblem(400, BODY_TITLE, `The body is not JSON: ${(error as SyntaxError).message}.`);
  }
  const checked = valid(schema, body);
  // Loaded here because most requests have no body.
  const { repeatedMember } = await import('./repeatedMember.ts');
  const repeated = repeatedMember(text);
  if (repeated !== undefined) {
    throw badRequest(BODY_TITLE, [{ name: cutText(repeated, 80), detail: 'is given more than once, expected once' }]);
  }
  return checked;
}

/** @throws {ApiProblem} 400 if a request has a body although its route does not read one */
export async function refuseBody(request: HttpRequest): Promise<void> {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if ((await bytesOf(request)).length === 0) return;
  throw badRequest(BODY_TITLE, [{ name: 'body', detail: 'is not read by this route; leave it out' }]);
}

/**
 * The platform passes on a body only if the request has a Content-Length. A streamed body arrives empty, and would otherwise count as
 * the defaults. [azure-functions-host, GrpcMessageConversionExtensions.cs]
 */
async function bytesOf(request: HttpRequest): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const { headers } = request;
  const isStreamed =
    headers.has('transfer-encoding') || (headers.has('content-type') && !headers.has('content-length'));
  if (bytes.length > 0 || !isStreamed) return bytes;
  throw new ApiProblem(
    411,
    'The length of the body is missing',
    'The body did not arrive, because the request has no Content-Length header. Send that header, not ' +
      'Transfer-Encoding: chunked; a request without a body needs no Content-Type.',
  );
}

function checkContentType(request: HttpRequest): void {
  const given = request.headers.get('content-type') ?? '';
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(given)?.[1] ?? 'utf-8';
  if (/^application\/json\s*(;|$)/i.test(given) && /^utf-?8$/i.test(charset)) return;
  throw new ApiProblem(
    415,
    BODY_TITLE,
    `The body's content type is ${shown(given)}, but must be application/json, in UTF-8.`,
  );
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiProblem(400, BODY_TITLE, 'The body is not UTF-8.');
  }
}

/** @throws {ApiProblem} 400 with all errors */
function valid<Schema extends ObjectSchema>(schema: Schema, body: unknown): v.InferOutput<Schema> {
  const read = validate(schema, body);
  if ('value' in read) return read.value;
  throw badRequest(BODY_TITLE, read.errors);
}

/** Unlike the library, it reports all unknown names, and does not take a list for an object. */
function validate<Schema extends ObjectSchema>(
  schema: Schema,
  given: unknown,
): { value: v.InferOutput<Schema> } | { errors: InvalidInput[] } {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { errors: [{ name: 'body', detail: 'must be a JSON object' }] };
  }
  const members = Object.entries(given);
  const isKnown = (name: string) => Object.hasOwn(schema.entries, name);
  const errors = members.filter(([name]) => !isKnown(name)).map(([name]) => unknownName(name, schema));
  const known = Object.fromEntries(members.filter(([name]) => isKnown(name)));
  const parsed = v.safeParse(schema, known, { abortPipeEarly: true });
  for (const { path, input, message } of parsed.issues ?? []) {
    errors.push({ name: String(path?.[0].key), detail: `is ${shown(input)}, but ${message}` });
  }
  return parsed.success && errors.length === 0 ? { value: parsed.output } : { errors };
}

function unknownName(name: string, schema: ObjectSchema): InvalidInput {
  const known = Object.keys(schema.entries).join(', ') || 'none';
  return { name: cutText(name, 80), detail: `is unknown; known names: ${known}` };
}
