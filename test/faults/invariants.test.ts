import { describe, expect, it } from '@jest/globals';
import type { LoggedRequest } from '../../src/local/cluster/requestLog.ts';
import type { PhaseFacts, RoundFacts } from './facts.ts';
import { violations } from './invariants.ts';
import type { PlannedSession, Role } from './plannedSessions.ts';
import type { OwnersRow } from './uploaders.ts';

const ID = '6f9619ff-8b86-4011-b42d-00c04fc964ff';
const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;
const LONG_AGO = NOW - 20 * MINUTE_MS;

let sequence = 0;

describe('the invariants', () => {
  it('find nothing in a correct round', () => {
    expect(violations(roundOf('abandoned'))).toEqual([]);
    expect(violations(roundOf('fresh', { finalRows: [finalRow()], outcomes: [] }))).toEqual([]);
  });

  it('1: find a stale session that is still on the cluster, or has no outcome', () => {
    const left = roundOf('abandoned', { onCluster: new Set([ID]), finalRows: [finalRow()], outcomes: [] });

    expect(violations(left)).toEqual([
      expect.stringContaining(`${ID} (abandoned) is still on the cluster`),
      expect.stringContaining('has no outcome deleted or notFound, only none'),
      expect.stringContaining('still has a row'),
    ]);
  });

  it('2: find a row that was removed without an outcome', () => {
    const lost = roundOf('active', { outcomes: [{ sessionId: ID, outcome: 'active' }] });

    expect(violations(lost)).toEqual([expect.stringContaining(`The row ${ID} (active) was removed; outcomes: active`)]);
  });

  it('2: find a row that was removed or overwritten although its owner had updated it', () => {
    const touched = { ownersRows: [ownersRow({ stale: false, lastActivity: new Date(NOW), etag: 'touched' })] };

    expect(violations(roundOf('revived', touched))).toEqual([
      expect.stringContaining('was removed although its owner'),
    ]);
    expect(violations(roundOf('revived', { ...touched, finalRows: [finalRow()] }))).toEqual([
      expect.stringContaining('was overwritten although its owner updated it'),
    ]);
  });

  describe('3: a session that was receiving chunks', () => {
    const chunk = { sessionId: ID, acceptedAt: NOW };
    const stays = { chunks: [chunk], finalRows: [finalRow()] };
    const deletion = request('delete', NOW + 900, { deleted: true, modifiedAt: NOW });

    it('may not be deleted without a GET', () => {
      const round = roundOf('active', { ...stays, phases: [phase({ requests: [deletion] })] });

      expect(violations(round)).toEqual([expect.stringContaining(`${ID} (active) was deleted by request`)]);
    });

    it('may not be deleted after a GET whose answer showed the chunk', () => {
      const requests = [request('getSession', NOW + 100), deletion];

      expect(violations(roundOf('active', { ...stays, phases: [phase({ requests })] }))).toHaveLength(1);
    });

    it('may be deleted if the chunk came between GET and DELETE', () => {
      const requests = [request('getSession', NOW - 100), deletion];

      expect(violations(roundOf('active', { ...stays, phases: [phase({ requests })] }))).toEqual([]);
    });

    it('may then be deleted after a complete answer whose connection broke, but not after half an answer', () => {
      const asked = (broken: LoggedRequest['broken'] & string) => {
        const requests = [request('getSession', NOW - 100, { broken }), deletion];
        return violations(roundOf('active', { ...stays, phases: [phase({ requests })] }));
      };

      expect(asked('breakAfterAnswer')).toEqual([]);
      expect(asked('breakInBody')).toHaveLength(1);
    });

    it('may not be deleted by a DELETE that is repeated without another GET', () => {
      const first = request('delete', NOW - 50, { deleted: true, modifiedAt: LONG_AGO });
      const requests = [request('getSession', NOW - 100), first, deletion];

      expect(violations(roundOf('active', { ...stays, phases: [phase({ requests })] }))).toHaveLength(1);
    });
  });

  it('4: find a fresh session that was requested, or whose row was written', () => {
    const requests = [request('getSession', NOW)];
    const finalRows = [{ ...finalRow(), etag: 'another' }];

    expect(violations(roundOf('fresh', { phases: [phase({ requests })], finalRows, outcomes: [] }))).toEqual([
      expect.stringContaining('was requested by getSession'),
      expect.stringContaining('its row was written'),
    ]);
  });

  it('5: find a session with more requests than the tries of its cleanups', () => {
    const requests = Array.from({ length: 7 }, () => request('getSession', LONG_AGO));

    expect(violations(roundOf('abandoned', { phases: [phase({ requests })] }))).toEqual([
      expect.stringContaining(`${ID} was requested 7 times`),
    ]);
  });

  it('5: find a sweep that continues during an outage', () => {
    const requests = Array.from({ length: 16 }, (_, n) => ({
      ...request('getSession', LONG_AGO),
      sessionId: String(n),
    }));
    const outage = phase({ kind: 'outage', faults: ['busy'], requests });

    expect(violations(roundOf('abandoned', { phases: [outage] }))).toEqual([
      expect.stringContaining('The cluster received 16 requests in phase 1 (outage: busy); allowed: 3'),
    ]);
  });

  it('6: find hosts and workers that ended unexpectedly, and unhandled rejections', () => {
    const hosts = [
      { name: 'host 1', output: 'Worker uncaught exception: Error', ended: 'stopped' as const },
      { name: 'host 2', output: 'one\ntwo', ended: 'unexpectedly' as const },
    ];

    expect(violations(roundOf('abandoned', { hosts }))).toEqual([
      expect.stringContaining('host 1 printed: Worker uncaught exception'),
      expect.stringContaining('host 2 ended unexpectedly: one / two'),
    ]);
  });

  it('7 and 8: find answers without a body, and secrets', () => {
    const calls = [{ sessionId: ID, onlyIfStale: false, answer: { status: 500, contentType: '', body: '' } }];
    const hosts = [{ name: 'host 1', output: 'AccountKey=opensesame', ended: 'stopped' as const }];

    expect(violations(roundOf('abandoned', { phases: [phase({ calls })], hosts, secrets: ['opensesame'] }))).toEqual([
      expect.stringContaining('was answered 500 (no content type)'),
      expect.stringContaining('host 1 contains opense…'),
    ]);
  });

  it('9: find a DELETE that came more than three seconds after its look-up', () => {
    const look = request('getSession', LONG_AGO, { answeredAtWallClock: LONG_AGO });
    const late = request('delete', LONG_AGO + 3_001, { sequence: 1_000_000, arrivedAtWallClock: LONG_AGO + 3_001 });

    expect(violations(roundOf('abandoned', { phases: [phase({ requests: [look, late] })] }))).toEqual([
      expect.stringContaining('arrived 3001 ms after its look-up was answered'),
    ]);
  });

  describe('10: a charge', () => {
    const charged = { rows: [{ rowKey: ID, attempts: 1, givenUp: false }] };
    const refused = request('delete', LONG_AGO, { status: 409, code: 'X', answeredAtWallClock: LONG_AGO });
    const goodProbe = request('delete', LONG_AGO + 10, { sessionId: 'other', status: 404, code: 'NotFound' });
    const wrongs = (requests: LoggedRequest[]) =>
      violations(roundOf('abandoned', { phases: [phase({ ...charged, requests })] }));

    it('needs an error of the image store, and a good probe after it', () => {
      expect(wrongs([refused, goodProbe])).toEqual([]);
      expect(wrongs([refused])).toEqual([expect.stringContaining('was charged 1 times, allowed: 0')]);
      expect(
        wrongs([{ ...refused, arrivedAtWallClock: LONG_AGO + 20, answeredAtWallClock: LONG_AGO + 20 }, goodProbe]),
      ).toHaveLength(1);
    });

    it.each([
      ["a proxy's page", { status: 409, code: '' }],
      ['a timeout', { status: 504, code: 'FABRIC_E_TIMEOUT' }],
      ['an outage', { status: 404, code: 'FABRIC_E_SERVICE_DOES_NOT_EXIST' }],
      ['an answer that broke', { broken: 'breakInBody' as const }],
    ])('is not made for %s', (_, answer) => {
      expect(wrongs([{ ...refused, ...answer }, goodProbe])).toHaveLength(1);
    });

    it('finds a session that was given up without its own error', () => {
      const rows = [{ rowKey: ID, attempts: 0, givenUp: true }];

      expect(violations(roundOf('abandoned', { phases: [phase({ rows })] }))).toEqual([
        expect.stringContaining('was given up'),
      ]);
    });
  });

  it('11: find a session that always fails and was not charged, or has no recorded outcome', () => {
    const rows = [{ rowKey: ID, attempts: 0, givenUp: false }];

    expect(
      violations(roundOf('failing', { phases: [phase({ rows })], outcomes: [], finalRows: [finalRow()] })),
    ).toEqual([expect.stringContaining('has no outcome failed'), expect.stringContaining('was never charged')]);
  });

  describe('12: a due session', () => {
    const recoverySweeps = (...processed: string[][]) =>
      processed.map((keys) => ({ due: ['a', 'b', ID], processed: keys }));
    const found = (limit: number, ...processed: string[][]) =>
      violations(roundOf('abandoned', { limit, phases: [phase({ recoverySweeps: recoverySweeps(...processed) })] }));

    it('may wait only for as many sweeps as their limit requires', () => {
      expect(found(1, ['a'], ['b'], [ID])).toEqual([]);
      expect(found(1, ['a'], ['b'], ['a'], ['b', ID])).toEqual([
        expect.stringContaining(
          `${ID} was due but not processed in 3 consecutive sweeps; every session needs at most 3`,
        ),
      ]);
    });

    it('may also wait for sweeps that get past the partitions in their short time', () => {
      const withShortTime = (sweeps: number) => {
        const processed = Array.from({ length: sweeps }, () => ['a']);
        const phases = [phase({ recoverySweeps: recoverySweeps(...processed, ['b', ID]) })];
        return violations(roundOf('abandoned', { limit: 1, isShortOfTime: true, phases }));
      };

      expect(withShortTime(13)).toEqual([]);
      expect(withShortTime(14)).toHaveLength(2);
    });

    it('is processed by every sweep without a limit', () => {
      expect(found(0, ['a', 'b'])).toHaveLength(1);
      expect(found(0, ['a', 'b', ID])).toEqual([]);
    });
  });

  it('13: find a rejected row that no run names', () => {
    const recovery = phase({ kind: 'recovery', refusedRows: ['full'] });
    const run = { startedAt: new Date(NOW), stoppedBy: 'error', error: 'The storage refuses the row full.' };
    const found = (runs: RoundFacts['runs']) => violations(roundOf('abandoned', { phases: [recovery], runs }));

    expect(found([run])).toEqual([]);
    expect(found([{ ...run, stoppedBy: 'completed' }])).toHaveLength(1);
    expect(found([{ ...run, startedAt: new Date(0) }])).toHaveLength(1);
    expect(found([])).toEqual([expect.stringContaining('The change of the row full was rejected')]);
  });

  it('14: find a verdict that all is well although a session fails', () => {
    const rows = [{ rowKey: ID, attempts: 1, givenUp: false }];
    const found = (level: string) => {
      const recovery = phase({ kind: 'recovery', rows, verdict: { level, reasons: [] } });
      return violations(
        roundOf('blocked', {
          phases: [recovery],
          outcomes: [{ sessionId: ID, outcome: 'failed' }],
          finalRows: [finalRow()],
        }),
      ).filter((what) => what.startsWith('[14'));
    };

    expect(found('failing')).toEqual([]);
    expect(found('well')).toEqual([expect.stringContaining(`although ${ID} (blocked) fails`)]);
  });
});

/** A correct round with one session that must be deleted, with the given changes. */
function roundOf(role: Role, differing: Partial<RoundFacts> = {}): RoundFacts {
  const session: PlannedSession = { id: ID, role, rowKeys: [ID], lastActivity: 'old', onCluster: 'old' };
  return {
    staleAfterMs: 5 * MINUTE_MS,
    sessions: [session],
    phases: [phase({})],
    chunks: [],
    ownersRows: [ownersRow({})],
    onCluster: new Set(),
    finalRows: [],
    outcomes: [{ sessionId: ID, outcome: 'deleted' }],
    runs: [],
    limit: 0,
    isShortOfTime: false,
    hosts: [],
    texts: [],
    secrets: [],
    ...differing,
  };
}

function phase(differing: Partial<PhaseFacts>): PhaseFacts {
  const none = {
    faults: [],
    unfinishedHosts: [],
    calls: [],
    requests: [],
    rows: [],
    refusedRows: [],
    recoverySweeps: [],
    startedAt: new Date(LONG_AGO),
  };
  return { kind: 'mixed', breaksConnections: false, gateways: 1, sweeps: 1, ...none, ...differing };
}

function ownersRow(differing: Partial<OwnersRow>): OwnersRow {
  const keys = { partitionKey: 'default', rowKey: ID, sessionId: ID };
  return { ...keys, stale: true, lastActivity: new Date(LONG_AGO), etag: 'as written', ...differing };
}

function finalRow() {
  return { rowKey: ID, etag: 'as written', lastActivity: new Date(LONG_AGO), givenUp: false };
}

function request(operation: 'getSession' | 'delete', at: number, more: Partial<LoggedRequest> = {}): LoggedRequest {
  sequence += 1;
  const times = { arrivedAt: at, arrivedAtWallClock: at };
  const method = operation === 'delete' ? 'DELETE' : 'GET';
  return {
    sequence,
    ...times,
    operation,
    method,
    sessionId: ID,
    requestId: `request-${sequence}`,
    status: 200,
    ...more,
  };
}
