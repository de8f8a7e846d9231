import { type Meter, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { EndedCall, ObserveCall } from '../imageStore/observeCall.ts';
import { METRIC } from './names.ts';

/** Bucket boundaries in seconds: a gateway answers within milliseconds, or times out after CLUSTER_TIMEOUT. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Measures each call to the cluster, and creates a span for it. */
export function observeCalls(meter: Meter, tracer: Tracer): ObserveCall {
  const durations = meter.createHistogram(METRIC.clusterRequestDuration, {
    description: 'How long calls to the cluster took, by operation and the status of the answer.',
    unit: 's',
    advice: { explicitBucketBoundaries: BUCKETS },
  });

  return ({ operation, method, sessionId, requestId }) => {
    const startedMs = performance.now();
    const span = tracer.startSpan(`${method} /ImageStore/$/${operation}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        operation,
        'http.request.method': method,
        upload_session_id: sessionId,
        service_fabric_request_id: requestId,
      },
    });
    return ({ httpStatus, host, error }) => {
      const errorType = errorTypeOf(error);
      durations.record((performance.now() - startedMs) / 1000, {
        operation,
        ...(httpStatus !== undefined && { 'http.response.status_code': httpStatus }),
        ...(errorType !== undefined && { 'error.type': errorType }),
      });
      if (span.isRecording()) {
        span.setAttributes(spanAttributes({ httpStatus, host, error }, errorType));
        if (errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    };
  };
}

/** A session that no longer exists is not an error. An error other than a failed call is a bug of this app. */
function errorTypeOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof FabricRequestError)) return 'internalError';
  return error.kind === 'notFound' ? undefined : error.kind;
}

function spanAttributes({ httpStatus, host, error }: EndedCall, errorType: string | undefined) {
  const gateway = host === undefined ? null : URL.parse(`gateway://${host}`);
  const code = error instanceof FabricRequestError ? error.code : undefined;
  return {
    ...(httpStatus !== undefined && { 'http.response.status_code': httpStatus }),
    ...(gateway && { 'server.address': gateway.hostname }),
    ...(gateway?.port && { 'server.port': Number(gateway.port) }),
    ...(code !== undefined && { fabric_error_code: code }),
    ...(errorType !== undefined && { 'error.type': errorType }),
  };
}
