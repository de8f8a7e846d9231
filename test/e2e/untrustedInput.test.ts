import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Headers } from 'node-fetch';
import { parseSessionId } from '../../src/cleanup/model/sessionId.ts';
import { errorFromAnswer } from '../../src/imageStore/answerError.ts';
import { loadClientCertificate } from '../../src/imageStore/clientCertificate.ts';
import { parseGatewayEndpoint } from '../../src/imageStore/gatewayEndpoint.ts';
import { parseRetryAfter } from '../../src/imageStore/retryAfter.ts';
import { loadCa, parseCommonNames, parseThumbprints } from '../../src/imageStore/serverIdentity.ts';
import { readUploadSession } from '../../src/imageStore/uploadSessionAnswer.ts';
import { readSession } from '../../src/storage/sessionEntity.ts';
import { asSessionId } from '../doubles/sessionIds.ts';

const RUNS = { numRuns: 500 };
const ID = asSessionId('6f9619ff-8b86-d011-b42d-00c04fc964ff');
const anyText = fc.string({ unit: 'binary', maxLength: 200 });
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-fA-F]{${length}}$`));
const guid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-'));
const CALL = {
  host: 'cluster:19080',
  requestId: ID,
  credentials: { kind: 'entra' as const, name: 'our token', lack: 'the role is missing' },
};

describe('untrusted input', () => {
  it('is a session id only if it is a GUID in the gateway’s form that is not all zeros', () => {
    fc.assert(
      fc.property(guid, (text) => {
        expect(parseSessionId(text)).toEqual(
          /[1-9a-f]/i.test(text) ? { id: text.toLowerCase() } : { error: expect.any(String) },
        );
      }),
      RUNS,
    );
    fc.assert(
      fc.property(guid, fc.nat(35), fc.string({ minLength: 1, maxLength: 1 }), (text, at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        const stillGuid = [8, 13, 18, 23].includes(at) ? character === '-' : /[0-9a-f]/i.test(character);
        expect('id' in parseSessionId(changed) || !/[1-9a-f]/i.test(changed)).toBe(
          stillGuid || !/[1-9a-f]/i.test(changed),
        );
      }),
      RUNS,
    );
    fc.assert(
      fc.property(anyText, (text) => expect('error' in parseSessionId(text) || text.length === 36).toBe(true)),
      RUNS,
    );
  });

  it('never means that a session is gone, unless it is a 404 with the code NotFound', () => {
    const code = fc.oneof(
      fc.constantFrom('NotFound', 'notfound', 'FABRIC_E_SERVICE_DOES_NOT_EXIST', null, 404),
      anyText,
    );
    const error = fc.record({ Code: code, Message: fc.oneof(anyText, fc.constant('Null'), fc.jsonValue()) });
    const body = fc.oneof(
      anyText,
      fc.json(),
      fc.record({ Error: fc.oneof(error, fc.jsonValue()) }).map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), body, (status, text) => {
        const answer = { status, statusText: '', headers: new Headers(), body: text };

        const { kind, message, httpStatus } = errorFromAnswer(answer, CALL);

        if (kind === 'notFound') expect([status, JSON.parse(text).Error.Code]).toEqual([404, 'NotFound']);
        expect(httpStatus).toBe(status);
        expect(message).not.toMatch(/[\r\n]/);
        expect(message.length).toBeLessThan(700);
      }),
      { numRuns: 2000 },
    );
  });

  it('results in no negative or invalid wait, as Retry-After', () => {
    const header = fc.oneof(
      anyText,
      fc.nat().map(String),
      fc.date({ noInvalidDate: true }).map((one) => one.toUTCString()),
      fc.bigInt().map(String),
    );
    fc.assert(
      fc.property(header, (text) => {
        const waitMs = parseRetryAfter(text, new Date());

        expect(waitMs === undefined || (Number.isFinite(waitMs) && waitMs >= 0)).toBe(true);
      }),
      RUNS,
    );
  });

  it('is read as an upload session only with the requested id, and with valid dates and ranges', () => {
    const fields = fc.record(
      {
        SessionId: fc.oneof(fc.constant(ID), guid, fc.jsonValue()),
        StoreRelativePath: fc.jsonValue(),
        FileSize: fc.oneof(fc.bigInt().map(String), fc.jsonValue()),
        ModifiedDate: fc.oneof(
          fc.date({ noInvalidDate: true }).map((one) => one.toISOString()),
          fc.jsonValue(),
        ),
        ExpectedRanges: fc.oneof(
          fc.array(fc.record({ StartPosition: fc.bigInt().map(String), EndPosition: fc.bigInt().map(String) })),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      anyText,
      fc.json(),
      fc.array(fields, { maxLength: 2 }).map((all) => JSON.stringify({ UploadSessions: all })),
    );
    fc.assert(
      fc.property(body, (text) => {
        const read = readUploadSession(text, ID);

        if ('error' in read) return;
        const { sessionId, modifiedAt, missingRanges = [], fileSizeBytes = 0 } = read.session;
        expect(sessionId).toBe(ID);
        expect(Number.isNaN(modifiedAt?.getTime() ?? 0)).toBe(false);
        expect(missingRanges.every(({ start, end }) => start >= 0 && end >= start)).toBe(true);
        expect(Number.isSafeInteger(fileSizeBytes) && fileSizeBytes >= 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read as a row with any values in its columns', () => {
    const value = fc.oneof(
      anyText,
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.bigInt(),
      fc.date(),
      fc.uint8Array(),
      fc.constant(undefined),
    );
    const names = [
      'lastActivity',
      'storeRelativePath',
      'owner',
      'attempts',
      'nextAttemptAt',
      'lastError',
      'givenUp',
      'timestamp',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (columns) => {
        const session = readSession({ etag: 'e', partitionKey: 'p', rowKey: 'r', ...columns } as never);

        expect(Number.isSafeInteger(session.attempts) && session.attempts >= 0).toBe(true);
        for (const date of [session.lastActivity, session.nextAttemptAt, session.timestamp]) {
          expect(Number.isNaN(date?.getTime() ?? 0)).toBe(false);
        }
        expect(typeof session.givenUp).toBe('boolean');
      }),
      RUNS,
    );
  });

  it('is rejected as certificate, thumbprint, name or endpoint, and a secret in it is never shown', () => {
    const secret = 'c2VjcmV0c2VjcmV0c2VjcmV0';
    const pem = fc
      .tuple(fc.constantFrom('CERTIFICATE', 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY'), anyText)
      .map(([label, inner]) => `-----BEGIN ${label}-----\n${secret}${inner}\n-----END ${label}-----`);
    const text = fc.oneof(
      anyText,
      pem,
      anyText.map((one) => Buffer.from(secret + one).toString('base64')),
      fc.webUrl(),
    );
    fc.assert(
      fc.property(text, fc.option(anyText, { nil: undefined }), (given, password) => {
        for (const result of [loadClientCertificate(given, password), loadCa(given)]) {
          expect(result).toEqual({ error: expect.any(String) });
          expect(JSON.stringify(result)).not.toContain(secret);
        }
        expect(parseThumbprints(given)).toBeDefined();
        expect(parseCommonNames(given)).toBeDefined();
        expect(parseGatewayEndpoint(given, true)).toBeDefined();
      }),
      RUNS,
    );
  });
});
