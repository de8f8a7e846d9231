import {
  AzureMonitorBaseExporter,
  type AzureMonitorExporterOptions,
  AzureMonitorMetricExporter,
  AzureMonitorTraceExporter,
} from '@azure/monitor-opentelemetry-exporter';
import { directHttpClient } from '../network/directHttpClient.ts';
import { type Exporters, reasonOf, watchSending } from './exporters.ts';

const SETTING = 'APPLICATIONINSIGHTS_CONNECTION_STRING';

/** In which one attempt has to end, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Keeps an exporter to its own endpoint: no statistics about itself to its maker, for which it would ask the address of the
 * machine's metadata, and no asking of its maker's service for feature switches every hour. For the first there is an environment
 * variable, for the second nothing but what the package's own exporter of statistics does, which this does too.
 */
class QuietExporter extends AzureMonitorBaseExporter {
  constructor(options?: AzureMonitorExporterOptions) {
    super(options, true);
  }
}

/**
 * The exporters to Application Insights. What can't be sent is dropped and never written to a disk.
 *
 * @param credential - for a component that takes no telemetry without an identity
 * @throws when the connection string is none
 */
export function azureMonitorExporters(
  connectionString: string,
  say: (sentence: string) => void,
  credential?: Credential,
): Exporters {
  for (const exporter of [AzureMonitorTraceExporter, AzureMonitorMetricExporter]) {
    // What `super(...)` in its constructor calls.
    Object.setPrototypeOf(exporter, QuietExporter);
  }
  const options = (what: string) => ({
    connectionString,
    ...(credential ? { credential } : {}),
    disableOfflineStorage: true,
    retryOptions: { maxRetries: 2 },
    additionalPolicies: [watchPolicy(what, say)],
  });
  const spans = new AzureMonitorTraceExporter(options('Traces'));
  const metrics = new AzureMonitorMetricExporter(options('Metrics'));
  spans.export = neverRejecting(spans.export.bind(spans));
  metrics.export = neverRejecting(metrics.export.bind(metrics));
  return { spans, metrics };
}

type Credential = NonNullable<AzureMonitorExporterOptions['credential']>;

/**
 * The credential of a component that takes no telemetry without one.
 *
 * @param clientId - of a user-assigned managed identity; `undefined`: the identity of this process
 */
export async function monitorCredential({ clientId }: { clientId?: string }): Promise<Credential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  const httpClient = directHttpClient();
  if (clientId) return new ManagedIdentityCredential({ clientId, httpClient });
  // The platform's own variables for an app that has an identity.
  const hasIdentity = process.env['IDENTITY_ENDPOINT'] && process.env['IDENTITY_HEADER'];
  return hasIdentity ? new ManagedIdentityCredential({ httpClient }) : new DefaultAzureCredential({ httpClient });
}

/** Nobody waits for what `export` returns, so that a rejection would end the whole process. */
function neverRejecting<T, Done>(send: (items: T, done: Done) => Promise<void>): typeof send {
  return (items, done) => send(items, done).catch(() => {});
}

type Policy = NonNullable<AzureMonitorExporterOptions['additionalPolicies']>[number];

/** Without a disk to keep it on, the exporter calls what it has dropped a success; the answers say how it went. */
function watchPolicy(what: string, say: (sentence: string) => void): Policy {
  const watch = watchSending(what, SETTING, say);
  return {
    // Around all tries of one attempt to send.
    position: 'perCall',
    policy: {
      name: 'watchSending',
      async sendRequest(request, next) {
        request.timeout = TIMEOUT_MS;
        try {
          const answer = await next(request);
          // A redirect to the endpoint's region is followed by the exporter itself.
          if (answer.status < 300) watch.worked();
          else if (answer.status >= 400) watch.failed(`status ${answer.status}`);
          return answer;
        } catch (error) {
          watch.failed(reasonOf(error));
          throw error;
        }
      },
    },
  };
}
