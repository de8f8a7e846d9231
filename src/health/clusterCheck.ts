import { cutText } from '../cleanup/model/cutText.ts';
import type { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { App } from '../composition/app.ts';
import { INTERACTIVE_TIMEOUT_MS, interactiveCall, type ProbeAnswer } from '../composition/probeCache.ts';
import type { Check } from './check.ts';
import { clusterAdvice } from './checkAdvice.ts';
import { withClock } from './clockCheck.ts';

/** Whether a check probes the cluster now, may use an answer of the last minute, or does not check the cluster. */
export type ProbeMode = 'fresh' | 'recent' | 'none';

/** Checks the cluster and the credentials by one probe. */
export async function checkCluster(app: App, mode: ProbeMode): Promise<Check[]> {
  if (mode === 'none') return [];
  const answer = mode === 'recent' ? await app.probes.recent() : await app.probes.fresh(interactiveCall());
  return judge(answer, app);
}

function judge({ probe, askedAt, latencyMs }: ProbeAnswer, app: App): Check[] {
  const asked = { latencyMs, askedAt: askedAt.toISOString() };
  const cluster: Check = { name: 'cluster', status: 'ok', ...asked };
  const credentials: Check = { name: 'credentials', status: 'ok', ...asked };
  if (probe.verdict === 'good') {
    // The cluster's time is that of the end of the probe.
    const atMs = askedAt.getTime() + latencyMs;
    const tls12 = probe.needsTls12
      ? { detail: 'Over TLS 1.2: over TLS 1.3 the cluster did not receive the client certificate.' }
      : {};
    return [withClock(cluster, probe.clusterDate, app, atMs), { ...credentials, ...tls12 }];
  }
  const { error } = probe;
  const failed = { status: 'failed', detail: detailOf(error), advice: clusterAdvice(error, app.settings) } as const;
  if (error.kind !== 'accessDenied') {
    // With a FabricErrorCode, the request has passed the access check.
    const unknown: Check = { name: 'credentials', status: 'skipped', detail: 'Unknown: the cluster gave no answer.' };
    return [{ ...cluster, ...failed }, error.code === undefined ? unknown : credentials];
  }
  const refused: Check = { ...credentials, ...failed };
  if (error.requestId !== undefined) return [cluster, refused];
  return [{ name: 'cluster', status: 'skipped', detail: 'Not checked: no token could be obtained.' }, refused];
}

function detailOf(error: FabricRequestError): string {
  if (error.kind === 'aborted') return `It did not answer within ${INTERACTIVE_TIMEOUT_MS / 1000} s.`;
  return cutText(error.message, 1000);
}
