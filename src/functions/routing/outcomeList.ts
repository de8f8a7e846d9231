import type { App } from '../../composition/app.ts';
import { type OutcomeFilter, outcomePage } from '../../wire/outcomePage.ts';
import type { OutcomeItem } from '../../wire/schemas.ts';
import { openToken, sealToken } from './continuationToken.ts';

/** What a token of a list of outcomes is sealed for. */
export const outcomesOf = (filter: OutcomeFilter): object => ({ of: 'outcomes', ...filter });

/** One page of outcomes, of one session or of all, as the API answers it. */
export async function outcomeListPage(
  app: App,
  filter: OutcomeFilter,
  limit: number,
  token?: string,
): Promise<{ items: OutcomeItem[]; continuationToken: string | undefined }> {
  const list = outcomesOf(filter);
  const { items, next } = await outcomePage(app, filter, limit, openToken(app.settings, list, token));
  return { items, continuationToken: next === undefined ? undefined : sealToken(app.settings, list, next) };
}
