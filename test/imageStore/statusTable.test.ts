import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FabricRequestError, type FabricRequestErrorKind } from '../../src/cleanup/model/fabricRequestError.ts';
import { newSessionId } from '../../src/cleanup/model/sessionId.ts';
import type { ImageStoreClient } from '../../src/cleanup/model/uploadSession.ts';
import { createImageStoreClient } from '../../src/imageStore/imageStoreClient.ts';
import { STATUS_TABLE } from '../../src/local/cluster/gatewayAnswer.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';

/** An error answer of a gateway, and how the app classifies it. */
interface Row {
  status: number;
  /** FabricErrorCode; `undefined` for an answer that is not a FabricError. */
  code?: string;
  kind: FabricRequestErrorKind;
  retryable: boolean;
}

function rows(status: number, kind: FabricRequestErrorKind, retryable: boolean, codes: (string | undefined)[]): Row[] {
  return codes.map((code) => ({ status, kind, retryable, ...(code !== undefined && { code }) }));
}

/** Service Fabric's table of status codes, and those of proxies, load balancers and the access check. */
const TABLE: Row[] = [
  ...rows(400, 'invalidRequest', false, [
    'E_INVALIDARG',
    'FABRIC_E_INVALID_UPLOAD_SESSION_ID',
    'FABRIC_E_INVALID_ADDRESS',
    'FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE',
  ]),
  ...rows(401, 'accessDenied', false, [undefined, 'FABRIC_E_SERVER_AUTHENTICATION_FAILED']),
  ...rows(403, 'accessDenied', false, [undefined, 'E_ACCESSDENIED']),
  ...rows(404, 'notFound', false, ['NotFound']),
  ...rows(404, 'unavailable', true, [
    'FABRIC_E_SERVICE_DOES_NOT_EXIST',
    'FABRIC_E_PARTITION_NOT_FOUND',
    'FABRIC_E_NODE_NOT_FOUND',
  ]),
  ...rows(409, 'conflict', false, ['FABRIC_E_UPLOAD_SESSION_ID_CONFLICT']),
  ...rows(429, 'foreignAnswer', true, [undefined]),
  ...rows(500, 'serverError', true, ['E_FAIL']),
  ...rows(502, 'unavailable', true, ['FABRIC_E_GATEWAY_NOT_REACHABLE', undefined]),
  ...rows(503, 'busy', true, [
    'FABRIC_E_NOT_PRIMARY',
    'FABRIC_E_NO_WRITE_QUORUM',
    'FABRIC_E_NOT_READY',
    'FABRIC_E_RECONFIGURATION_PENDING',
    'FABRIC_E_REPLICATION_QUEUE_FULL',
    'FABRIC_E_SERVICE_TOO_BUSY',
    'FABRIC_E_SERVICE_OFFLINE',
    'FABRIC_E_OBJECT_CLOSED',
    'E_ABORT',
    'FABRIC_E_CONNECTION_CLOSED_BY_REMOTE_END',
  ]),
  ...rows(504, 'timedOut', true, [
    'FABRIC_E_TIMEOUT',
    'FABRIC_E_COMMUNICATION_ERROR',
    'FABRIC_E_OPERATION_NOT_COMPLETE',
  ]),
];

const nameOf = ({ status, code }: { status: number; code?: string | undefined }) =>
  `${status} ${code ?? 'without a code'}`;

describe('the table of status codes', () => {
  let cluster: SimulatedCluster;
  let client: ImageStoreClient;
  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    client = createImageStoreClient({ endpoints: [new URL(cluster.endpoint)] });
  });
  afterAll(async () => {
    client.close();
    await cluster.close();
  });

  it('is the same for the simulated cluster', () => {
    expect(STATUS_TABLE.map(nameOf).sort()).toEqual(TABLE.map(nameOf).sort());
  });

  describe.each(['delete', 'getSession'] as const)('for %s', (operation) => {
    // For a look-up, `NotFound` is an answer like any other.
    const failures = TABLE.filter(({ kind }) => operation === 'delete' || kind !== 'notFound');
    it.each(failures.map((row) => ({ ...row, name: nameOf(row) })))(
      '$name means $kind, retryable: $retryable',
      async ({ status, code, kind, retryable }) => {
        const answer = STATUS_TABLE.find((each) => each.status === status && each.code === code);
        await cluster.control.setFaults([{ answer: { ...answer, status } }]);
        const sessionId = newSessionId();

        const call =
          operation === 'delete' ? client.deleteUploadSession(sessionId) : client.getUploadSession(sessionId);
        const error = await call.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );

        expect(error).toBeInstanceOf(FabricRequestError);
        expect(error).toMatchObject({ kind, retryable, httpStatus: status, code });
        expect(error).toMatchObject({ retryAfterMs: status === 429 ? 1_000 : undefined });
        const [logged] = await cluster.control.log({ sessionId });
        expect(logged).toMatchObject({ operation, status, requestId: (error as FabricRequestError).requestId });
      },
    );
  });
});
