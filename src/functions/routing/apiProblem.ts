import type { HttpResponseInit } from '@azure/functions';
import { quoted } from '../../cleanup/model/cutText.ts';
import { problem } from './problem.ts';

/** An invalid part of a request. */
export interface InvalidInput {
  /** The query parameter, the member of the body, or `body` itself. */
  name: string;
  /** Its value, and what was expected. */
  detail: string;
}

/** A request that can't be served, with its answer. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly answer: HttpResponseInit;

  constructor(
    status: number,
    title: string,
    detail: string,
    more: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(detail);
    this.answer = problem(status, title, detail, more, headers);
  }
}

/** A 400 that reports all errors at once. */
export function badRequest(title: string, errors: InvalidInput[]): ApiProblem {
  return new ApiProblem(400, title, errors.map(({ name, detail }) => `${name} ${detail}.`).join(' '), {
    errors,
  });
}

/** A value for the text of a problem: shortened, and without nested values. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? quoted(value) : String(value);
}
