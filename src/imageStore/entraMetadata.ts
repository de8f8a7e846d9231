import { randomUUID } from 'node:crypto';
import { type CredentialsDescription, errorFromAnswer, unexpectedAnswer } from './answerError.ts';
import { CallDeadline, CallEndedError } from './callDeadline.ts';
import { METADATA_TARGET, readMetadataScope } from './entraScope.ts';
import { headersOf } from './gatewayCall.ts';
import { Gateways } from './gateways.ts';
import type { ServerIdentity } from './serverIdentity.ts';
import { endedError } from './unanswered.ts';

/** The cluster to ask for its metadata. */
export interface MetadataSource {
  endpoints: readonly URL[];
  /** Sent as the `ClusterId` header. */
  clusterId?: string | undefined;
  serverIdentity?: ServerIdentity;
}

const DEADLINE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;

const ANONYMOUS: CredentialsDescription = {
  kind: 'none',
  name: 'a request for its Entra metadata',
  lack: 'it should need no credentials',
};

/**
 * Asks a cluster for the scope of its own application, without credentials.
 *
 * The scope is only shown to a person: a server in the cluster's place could name any application. Tokens are requested only for the
 * scope in the settings.
 *
 * @returns such as `6f9619ff-8b86-d011-b42d-00c04fc964ff/.default`
 * @throws {FabricRequestError} if no gateway names an application
 * @see Service Fabric REST API, "Get Aad Metadata"
 */
export async function askMetadataScope(source: MetadataSource, signal?: AbortSignal): Promise<string> {
  const own = { maxConnections: 1, connectTimeoutMs: CONNECT_TIMEOUT_MS, credentials: 'none' } as const;
  const gateways = new Gateways({ ...source, ...own });
  const requestId = randomUUID();
  const deadline = new CallDeadline(DEADLINE_MS, signal);
  const request = {
    method: 'GET',
    target: METADATA_TARGET,
    headers: headersOf('GET', requestId, source.clusterId),
  } as const;
  try {
    if (deadline.ended) throw new CallEndedError();
    const { answer, host } = await gateways.send(request, deadline, requestId);
    const facts = { host, requestId, credentials: ANONYMOUS };
    if (answer.status !== 200) throw errorFromAnswer(answer, facts);
    const read = readMetadataScope(answer.body);
    if ('error' in read) throw unexpectedAnswer(answer, read.error, facts);
    return read.scope;
  } catch (error) {
    if (error instanceof CallEndedError && deadline.ended) throw endedError(deadline.ended, DEADLINE_MS, requestId);
    throw error;
  } finally {
    deadline.clear();
    gateways.close();
  }
}
