import type { HttpResponseInit } from '@azure/functions';
import { quoted } from '../../cleanup/model/cutText.ts';
import { problem } from './problem.ts';

/** What is wrong with one part of a request. */
export interface InvalidInput {
  /** The query parameter, the body's member, or `body` itself. */
  name: string;
  /** What it holds, and what is right. */
  detail: string;
}

/** A request that can't be served, with the answer that says so. */
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

/** 400 that names all that is wrong at once. */
export function badRequest(title: string, errors: InvalidInput[]): ApiProblem {
  return new ApiProblem(400, title, errors.map(({ name, detail }) => `${name} ${detail}.`).join(' '), {
    errors,
  });
}

/** A value as a problem may repeat it: short, and never nested, however deep it is. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? quoted(value) : (JSON.stringify(value) ?? 'missing');
}
