/// <reference lib="dom" />
import type { PlannedItem } from '../../../wire/schemas.ts';
import type { bytesText, visible } from '../text.ts';

/**
 * What a dry run found, as a table like those that the server makes; every text as text. Runs in the browser as its own source.
 *
 * @param leftOut - how many more there were
 */
export function planTable(
  planned: PlannedItem[],
  leftOut: number,
  shared: { visible: typeof visible; bytesText: typeof bytesText },
): HTMLElement[] {
  const outcomes: Record<PlannedItem['outcome'], string> = {
    wouldDelete: 'Would be deleted',
    notFound: 'Not found',
    active: 'Active',
    failed: 'Fails',
    invalid: 'Invalid',
  };
  const rows: Record<PlannedItem['row'], string> = {
    removed: 'removed',
    updated: 'updated',
    triedAgainLater: 'tried again later',
    givenUp: 'given up',
    left: 'left as it is',
  };
  const columns: [name: string, cell: (one: PlannedItem) => string][] = [
    ['Session', ({ sessionId }) => sessionId],
    ['What would happen', ({ outcome }) => outcomes[outcome]],
    ['Why', ({ why }) => why],
    ['Its row', ({ row }) => rows[row]],
    ['Held', ({ bytes }) => (bytes === undefined ? '–' : shared.bytesText(bytes))],
    ['Path', ({ storeRelativePath }) => storeRelativePath ?? '–'],
    ['Owner', ({ owner }) => owner ?? '–'],
  ];

  const element = (name: string, attributes: Record<string, string>, ...children: (Node | string)[]) => {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.append(...children);
    return made;
  };
  const cellOf = (one: PlannedItem, name: string, text: string, n: number) => {
    const shown = element('bdi', { class: 'data' }, shared.visible(text));
    return n === 0
      ? element('th', { role: 'rowheader', scope: 'row' }, shown)
      : element(
          'td',
          { role: 'cell', 'data-name': name },
          element('div', { class: n === 1 ? one.outcome : '' }, shown),
        );
  };
  const heads = columns.map(([name]) => element('th', { role: 'columnheader', scope: 'col' }, name));
  const body = planned.map((one) =>
    element('tr', { role: 'row' }, ...columns.map(([name, cell], n) => cellOf(one, name, cell(one), n))),
  );
  return [
    element('h2', { id: 'plan-title' }, 'What a sweep would do now'),
    element(
      'table',
      { role: 'table' },
      element('caption', {}, 'Each session, and what would happen to it'),
      element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...heads)),
      element('tbody', { role: 'rowgroup' }, ...body),
    ),
    ...(leftOut > 0 ? [element('p', { class: 'note' }, `${leftOut} more are left out.`)] : []),
  ];
}
