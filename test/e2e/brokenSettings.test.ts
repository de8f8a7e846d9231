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
      await until(() => (/Invalid app setting/.test(host.output()) ? true : undefined));
      const log = await until(() =>
        /'Functions.sweepStaleSessions' \(Failed/.test(host.output()) ? host.output() : undefined,
      );

      expect(answer.status).toBe(500);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const { detail } = (await answer.json()) as { detail: string };
      for (const name of ['CLUSTER_ENDPOINTS', 'STALE_AFTER', 'SESSION_STORAGE']) {
        expect(detail).toContain(name);
        expect(log).toMatch(new RegExp(`Invalid app setting: ${name}`));
      }
      expect(detail + log).not.toContain(secret);
    } finally {
      await host.stop();
    }
  });
});
