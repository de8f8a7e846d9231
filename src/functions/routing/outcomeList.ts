import type { App } from '../../composition/app.ts';
import { type OutcomeFilter, outcomePage } from '../../wire/outcomePage.ts';
import type { OutcomeItem } from '../../wire/schemas.ts';
import { signToken, verifyToken } from './continuationToken.ts';

/** The list that a token of a list of outcomes is signed for. */
export const outcomesOf = (filter: OutcomeFilter): object => ({ of: 'outcomes', ...filter });

/** One page of outcomes, of one session or of all, in the form of the API. */
export async function outcomeListPage(
  app: App,
  filter: OutcomeFilter,
  limit: number,
  token?: string,
): Promise<{ items: OutcomeItem[]; continuationToken: string | undefined }> {
  const list = outcomesOf(filter);
  const { items, next } = await outcomePage(app, filter, limit, verifyToken(app.settings, list, token));
  return { items, continuationToken: signToken(app.settings, list, next) };
}
