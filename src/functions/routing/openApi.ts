import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { VERSION } from '../../version.ts';
import * as pageSchemas from '../../wire/pageSchemas.ts';
import * as schemas from '../../wire/schemas.ts';
import type { ObjectSchema } from './readRequest.ts';
import type { AnswerDescription, Operation } from './route.ts';

type Json = Record<string, unknown>;

const PROBLEM = 'application/problem+json';

/** Generic titles by status. */
const PROBLEM_TITLES: Record<number, string> = {
  400: 'Bad request',
  404: 'Not found',
  409: 'Conflict',
  411: 'Length required',
  413: 'Too large',
  415: 'Unsupported media type',
  500: 'Internal error',
  502: 'Cluster error',
  503: 'Unavailable',
  504: 'Timed out',
  507: 'Insufficient storage',
};

/**
 * Describes the API in OpenAPI 3.1, from the schemas that validate the requests and type the answers.
 *
 * @param server - the URL or path in front of all routes, such as `/api`
 */
export function openApi(operations: readonly Operation[], server: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'upload-session-sweeper',
      version: VERSION,
      summary: 'Deletes abandoned image store upload sessions on Service Fabric clusters.',
      description:
        'Clients register their uploads here. Operators monitor and start cleanups. Times are UTC, sizes are bytes. Errors are ' +
        'problem+json (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server }],
    tags: [
      { name: 'upload sessions', description: 'Register, inspect and clean up single upload sessions.' },
      { name: 'sweeps', description: 'Clean up all stale upload sessions, and read the results.' },
      { name: 'health', description: 'Whether the app works.' },
      { name: 'page', description: 'The page for operators, and its data.' },
      { name: 'description', description: 'This document.' },
    ],
    security: [{ functionKey: [] }, { functionKeyInQuery: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      responses: { Unauthorized: { description: "The function's key is missing or wrong. The answer has no body." } },
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        functionKeyInQuery: { type: 'apiKey', in: 'query', name: 'code' },
      },
    },
  };
}

function describe(operation: Operation): Json {
  const { name, path, authLevel, summary, description, query, body, answers, problems } = operation;
  const hasInput = path.includes('{') || authLevel !== 'anonymous';
  const allProblems = {
    ...(hasInput ? { 400: 'The request is invalid: `errors` or `detail` says where.' } : {}),
    ...problems,
    500: 'The settings are invalid, or the app has a bug.',
    ...(authLevel === 'anonymous' || answers[503]
      ? {}
      : {
          503: [problems[503], 'The storage cannot be reached: `detail` has the cause and the advice.']
            .filter(Boolean)
            .join(' '),
        }),
  };
  return {
    operationId: name,
    tags: [tagOf(path)],
    summary,
    description,
    ...(authLevel === 'anonymous' ? { security: [] } : {}),
    parameters: [
      ...PATH_PARAMETERS.filter((parameter) => path.includes(`{${parameter.name}}`)),
      ...(query ? queryParameters(query) : []),
    ],
    ...(body ? { requestBody: requestBody(body) } : {}),
    responses: {
      ...mapValues(answers, answer),
      ...(authLevel === 'anonymous' ? {} : { 401: { $ref: '#/components/responses/Unauthorized' } }),
      ...mapValues(allProblems, problemAnswer),
    },
  };
}

const guidInPath = (name: string, description: string, example: string) => ({
  name,
  in: 'path',
  required: true,
  description: `${description}: a GUID of 36 characters with hyphens, in any case.`,
  schema: { type: 'string', format: 'uuid' },
  example,
});

const PATH_PARAMETERS = [
  guidInPath('sessionId', 'The session id', '6f9619ff-8b86-d011-b42d-00c04fc964ff'),
  guidInPath('sweepId', 'The id of the run that began the sweep', '0b6ff0e1-52a3-4f6c-8f0e-6f2a3d1c9b7e'),
];

function queryParameters(query: ObjectSchema): Json[] {
  const { properties = {} } = inputSchema(query);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as Json;
    return { name, in: 'query', required: false, description, schema };
  });
}

function requestBody({ schema, examples, required }: NonNullable<Operation['body']>): Json {
  return {
    required,
    content: { 'application/json': { schema: inputSchema(schema), examples: named(examples) } },
  };
}

function answer(described: AnswerDescription): Json {
  const { description } = described;
  if ('mediaType' in described)
    return { description, content: { [described.mediaType]: { schema: { type: 'string' } } } };
  const { schema, examples } = described;
  const name = v.getTitle(schema);
  if (!name) throw new TypeError(`The schema of "${description}" has no name.`);
  const content = { schema: { $ref: reference(name) }, examples: named(examples) };
  return { description, content: { 'application/json': content } };
}

function problemAnswer(description: string, status: number): Json {
  const example = { type: 'about:blank', title: PROBLEM_TITLES[status] ?? 'Problem', status, detail: description };
  return { description, content: { [PROBLEM]: { schema: { $ref: reference('Problem') }, example } } };
}

/** The schemas of all answers, by their names. */
function componentSchemas(): Json {
  const exported: object[] = [...Object.values(schemas), ...Object.values(pageSchemas)];
  const named: Record<string, v.GenericSchema> = {};
  for (const schema of exported) {
    const name = isSchema(schema) ? v.getTitle(schema) : undefined;
    if (isSchema(schema) && name !== undefined) named[name] = schema;
  }
  return toJsonSchemaDefs(named, { ...CONVERSION, overrideRef: ({ referenceId }) => reference(referenceId) });
}

const isSchema = (value: object): value is v.GenericSchema => 'kind' in value && value.kind === 'schema';

function inputSchema(schema: ObjectSchema): Json & { properties?: Json | undefined } {
  const { $schema, ...made } = toJsonSchema(schema, CONVERSION);
  return made;
}

const CONVERSION: ConversionConfig = {
  target: 'draft-2020-12',
  // The parsed type: a whole number in a query is a number.
  typeMode: 'output',
  overrideAction({ valibotAction: action, jsonSchema }) {
    // What these read is described by the schema before them, and by `format`.
    if (action.type === 'raw_transform' || action.type === 'to_lower_case') return jsonSchema;
    // JSON Schema reads every pattern with the flag u. Other flags would be lost.
    const pattern = action.type === 'regex' && 'requirement' in action ? action.requirement : undefined;
    if (pattern instanceof RegExp && pattern.flags === 'u') return { ...jsonSchema, pattern: pattern.source };
    return undefined;
  },
};

function tagOf(path: string): string {
  if (path.startsWith('/upload-sessions') || path === '/outcomes') return 'upload sessions';
  if (path.startsWith('/dashboard')) return 'page';
  return path.startsWith('/sweeps') ? 'sweeps' : path.startsWith('/health') ? 'health' : 'description';
}

const reference = (id: string) => `#/components/schemas/${id}`;

const named = (examples: Record<string, unknown>) => mapValues(examples, (value) => ({ value }));

function mapValues<Value, Mapped>(record: Record<string, Value>, map: (value: Value, key: number) => Mapped) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, Number(key))]));
}
