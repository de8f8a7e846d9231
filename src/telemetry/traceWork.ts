import { type Attributes, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { Cleanup } from '../cleanup/model/outcome.ts';
import type { Run } from '../cleanup/model/run.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import type { SessionId } from '../cleanup/model/sessionId.ts';

/** Runs work in its own span, which is the parent of its calls to the cluster. */
export interface TraceWork {
  /** One sweep. */
  sweep(run: Run, work: () => Promise<RunRecord>): Promise<RunRecord>;
  /** The cleanup of one session on request. */
  cleanup(run: Run, sessionId: SessionId, work: () => Promise<Cleanup>): Promise<Cleanup>;
}

/** @param flush - sends the collected data at the end of a sweep; must resolve soon and never reject */
export function traceWork(tracer: Tracer, flush: () => Promise<void>): TraceWork {
  /** @param describe - converts the result to attributes, and whether it failed */
  const inSpan = <T>(
    name: string,
    attributes: Attributes,
    work: () => Promise<T>,
    describe: (result: T) => { attributes: Attributes; failed: boolean },
  ): Promise<T> =>
    tracer.startActiveSpan(name, { attributes }, async (span: Span) => {
      try {
        const result = await work();
        const { attributes, failed } = describe(result);
        span.setAttributes(attributes);
        if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
        return result;
      } catch (error) {
        // Without the message, which is in the log: it may contain more than an export should.
        span.setAttribute('error.type', error instanceof Error ? error.name : 'thrown');
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });

  return {
    async sweep(run, work) {
      try {
        return await inSpan('sweep', { run_id: run.runId, trigger: run.trigger }, work, describeSweep);
      } finally {
        // Before the next sweep the platform may remove the process without notice.
        await flush();
      }
    },
    cleanup: (run, sessionId, work) =>
      inSpan(
        'delete upload session',
        { run_id: run.runId, trigger: run.trigger, upload_session_id: sessionId },
        work,
        ({ outcome }) => ({ attributes: { outcome: outcome.kind }, failed: outcome.kind === 'failed' }),
      ),
  };
}

function describeSweep(summary: RunRecord): { attributes: Attributes; failed: boolean } {
  const counts = Object.entries(summary.outcomes).map(([outcome, count]) => [`outcomes.${outcome}`, count] as const);
  const attributes = {
    ...Object.fromEntries(counts),
    stopped_by: summary.stoppedBy,
    dry_run: summary.dryRun,
    scanned: summary.scanned,
    stale: summary.stale,
    bytes_freed: summary.bytesFreed,
  };
  return { attributes, failed: summary.error !== undefined };
}
