import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { runNow, startHost, until } from '../support/app.ts';

describe('an app with invalid settings', () => {
  it('registers its functions, and reports the errors at the start and at every call', async () => {
    const secret = `key${randomUUID()}`;
    const host = await startHost({
      CLUSTER_ENDPOINTS: 'gopher://cluster:70',
      STALE_AFTER: 'soon',
      SESSION_STORAGE: `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret}`,
    });
    try {
      const url = host.ready[1] ?? '';

      const answer = await fetch(`${url}/api/upload-sessions/${randomUUID()}`, { method: 'DELETE' });
      await runNow(url, 'sweepStaleSessions');
      const invalid = ['CLUSTER_ENDPOINTS', 'STALE_AFTER', 'SESSION_STORAGE'];
      const expected = [
        "'Functions.sweepStaleSessions' (Failed",
        ...invalid.map((name) => `Invalid app setting: ${name}`),
      ];
      const log = await until(() =>
        expected.every((line) => host.output().includes(line)) ? host.output() : undefined,
      );

      expect(answer.status).toBe(500);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const { detail } = (await answer.json()) as { detail: string };
      for (const name of invalid) expect(detail).toContain(name);
      expect(detail + log).not.toContain(secret);
    } finally {
      await host.stop();
    }
  });
});
