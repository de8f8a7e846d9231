import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { METRIC } from '../../src/telemetry/names.ts';

it('describes exactly the metrics that the app sends', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/monitoring.md'), 'utf8');

  const described = [...page.matchAll(/^\| `(upload_session_sweeper\.[\w.]+)`/gm)].map(([, name]) => name);

  expect(described.toSorted()).toEqual(Object.values(METRIC).toSorted());
});
