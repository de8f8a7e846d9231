import type { GetSetting } from './getter.ts';

/** The values of `OTEL_TRACES_SAMPLER`. @see OpenTelemetry specification, "General SDK Configuration" */
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
];

/**
 * Whether `OTEL_SDK_DISABLED` switches everything off. Only `true` does, in upper or lower case, as the specification says.
 *
 * @param warnings - receives a sentence if the value is neither true nor false
 */
export function isDisabled(get: GetSetting, warnings: string[]): boolean {
  const value = get('OTEL_SDK_DISABLED')?.toLowerCase();
  if (value !== undefined && value !== 'true' && value !== 'false') {
    warnings.push('OTEL_SDK_DISABLED is invalid, expected true or false. It is ignored: metrics and traces are sent.');
  }
  return value === 'true';
}

/**
 * Whether a signal is sent. `none` switches it off for every destination, Application Insights included; `otlp` is the
 * specification's default and changes nothing.
 *
 * @param name - `OTEL_TRACES_EXPORTER` or `OTEL_METRICS_EXPORTER`
 * @param warnings - receives a sentence if the value names an exporter that this app does not have
 */
export function isSent(get: GetSetting, name: SignalSetting, warnings: string[]): boolean {
  const value = get(name)?.toLowerCase() ?? 'otlp';
  if (value !== 'none' && value !== 'otlp') {
    warnings.push(
      `${name} is invalid, expected otlp or none. It is ignored: the app has no other exporter. APPLICATIONINSIGHTS_CONNECTION_STRING and ` +
        'OTEL_EXPORTER_OTLP_ENDPOINT decide where metrics and traces are sent.',
    );
  }
  return value !== 'none';
}

type SignalSetting = 'OTEL_TRACES_EXPORTER' | 'OTEL_METRICS_EXPORTER';

/**
 * Whether `OTEL_TRACES_SAMPLER` names a sampler that the SDK has. For an unknown name the SDK silently uses a default that leaves
 * the decision to the host, which usually drops all traces.
 *
 * @param warnings - receives a sentence for an unknown sampler, and for an invalid ratio
 */
export function hasSampler(get: GetSetting, warnings: string[]): boolean {
  const name = get('OTEL_TRACES_SAMPLER');
  if (name === undefined) return false;
  if (!SAMPLERS.includes(name)) {
    warnings.push(
      `OTEL_TRACES_SAMPLER is invalid, expected one of ${SAMPLERS.join(', ')}. It is ignored: all traces are kept.`,
    );
    return false;
  }
  const ratio = get('OTEL_TRACES_SAMPLER_ARG');
  const isRatio = ratio !== undefined && Number(ratio) >= 0 && Number(ratio) <= 1;
  if (name.endsWith('traceidratio') && !isRatio) {
    warnings.push(
      'OTEL_TRACES_SAMPLER_ARG is invalid, expected a number from 0 to 1, such as 0.1, for this sampler; 1 is used.',
    );
  }
  return true;
}
