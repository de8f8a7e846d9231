import type { IncomingMessage, ServerResponse } from 'node:http';
import { HOST_API_REASON } from '../call.ts';
import type { IndexedFunction } from '../functionIndex.ts';
import type { Invoker } from '../invoker.ts';
import { answerEmpty } from './httpAnswer.ts';

const JSON_TYPE = /^\s*(?:application|text)\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

export interface AdminState {
  functions: IndexedFunction[];
  invoker: Invoker;
}

/**
 * The host's own route, `POST /admin/functions/{name}`, which runs a function.
 *
 * @see azure-functions-host, WebHost/Controllers/FunctionsController.cs
 */
export async function answerAdmin(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  state: AdminState,
): Promise<void> {
  const name = /^\/admin\/functions\/([^/]+)\/?$/i.exec(path)?.[1];
  if (name !== undefined && request.method === 'POST') return runFunction(name, request, response, state);
  answerEmpty(response, 404);
}

/** Answers 202 before the run starts: its result is only in the log. */
async function runFunction(
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  state: AdminState,
): Promise<void> {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) return answerEmpty(response, 415);
  const input = await readInput(request);
  if (!input) return answerEmpty(response, 400);
  const indexed = state.functions.find(({ fn }) => fn.name.toLowerCase() === name.toLowerCase());
  if (!indexed) return answerEmpty(response, 404);
  answerEmpty(response, 202);
  const { fn, listener } = indexed;
  void state.invoker.call(fn, { reason: HOST_API_REASON, input: () => listener.adminInput(input.text) });
}

/** Reads `{"input": "…"}`. A number or a boolean is converted to a string, as by Newtonsoft. */
async function readInput(request: IncomingMessage): Promise<{ text: string | undefined } | undefined> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const input = Object.entries(body).find(([key]) => key.toLowerCase() === 'input')?.[1] as unknown;
  if (typeof input === 'object' && input !== null) return undefined;
  return { text: input === undefined || input === null ? undefined : String(input) };
}
