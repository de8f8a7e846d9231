import type { RequestListener } from 'node:http';
import * as v from 'valibot';
import { jsonRoutes, type Route } from '../jsonRoutes.ts';
import {
  type BehaviourChange,
  behaviourChange,
  type ClockReading,
  clockChange,
  logQuery,
  sessionsToAdd,
} from './controlContract.ts';
import { faultRuleSchema, faultRulesSchema } from './faultRule.ts';
import type { FaultRules } from './faultRules.ts';
import type { Gateway } from './gateway.ts';
import type { ImageStore } from './imageStore.ts';
import type { RequestLog } from './requestLog.ts';
import { missingOf } from './stagedSessions.ts';
import type { StoreFolder } from './storeFolder.ts';

/** The parts of the cluster that the control listener controls. */
export interface ControlledCluster {
  store: ImageStore;
  folder: StoreFolder;
  faults: FaultRules;
  log: RequestLog;
  gateway: Gateway;
  /** Constant facts about the cluster, and its connections. */
  describe(): {
    endpoint: string;
    clusterId: string | null;
    connections: { open: number; peak: number; total: number };
  };
}

/** The handler of the control listener. It is separate from the gateway, which stays as strict as a real one. */
export function controlHandler(cluster: ControlledCluster): RequestListener {
  return jsonRoutes(routesOf(cluster));
}

function routesOf({ store, folder, faults, log, gateway, describe }: ControlledCluster): Record<string, Route> {
  const readClock = (): ClockReading => ({ now: store.clock.now(), offsetMs: store.clock.offsetMs });
  const behave = (change: BehaviourChange) => {
    gateway.linux = change.linux ?? gateway.linux;
    store.commitDelayPerChunkMs = change.commitDelayPerChunkMs ?? store.commitDelayPerChunkMs;
    store.primary.moving = change.primaryMoving ?? store.primary.moving;
    store.storeInfo = change.storeInfo ?? store.storeInfo;
    store.capacityBytes = change.capacityBytes ?? store.capacityBytes;
  };
  return {
    'GET /status': async () => {
      await store.dropExpired();
      return {
        ...describe(),
        folder: folder.path,
        linux: gateway.linux,
        commitDelayPerChunkMs: store.commitDelayPerChunkMs,
        primaryMoving: store.primary.moving,
        storeInfo: store.storeInfo,
        capacityBytes: store.capacityBytes,
        clock: readClock(),
        sessions: store.sessions.all().length,
        requests: log.counts(),
      };
    },
    'PUT /behaviour': (body) => behave(v.parse(behaviourChange, body)),
    'GET /clock': readClock,
    'POST /clock': async (body) => {
      const change = v.parse(clockChange, body);
      if ('advanceMs' in change) store.clock.advance(change.advanceMs);
      else store.clock.setOffset(change.offsetMs);
      await store.dropExpired();
      return readClock();
    },
    'POST /failover': () => store.failOver(),
    'GET /faults': () => faults.list(),
    'PUT /faults': (body) => {
      const { rules, seed } = v.parse(faultRulesSchema, body);
      faults.replace(rules, seed);
      return faults.list();
    },
    'POST /faults': (body) => ({ id: faults.add(v.parse(faultRuleSchema, body)) }),
    'DELETE /faults': (_body, query) => {
      if (query['id'] === undefined) return faults.replace([]);
      return { removed: faults.remove(Number(query['id'])) };
    },
    'GET /log': (_body, query) => log.read(v.parse(logQuery, query)),
    'DELETE /log': () => log.clear(),
    'POST /sessions': (body) => {
      const { sessionIds, ageMs } = v.parse(sessionsToAdd, body);
      for (const id of sessionIds)
        store.sessions.add({ id, storeRelativePath: 'App/a.zip', fileSizeBytes: 1024 }, ageMs);
    },
    'GET /sessions': async () => {
      await store.dropExpired();
      return store.sessions.all().map((session) => ({
        sessionId: session.id,
        storeRelativePath: session.storeRelativePath,
        fileSizeBytes: session.fileSizeBytes,
        stagedBytes: session.chunks.reduce((sum, chunk) => sum + chunk.bytes, 0),
        modifiedAt: session.modifiedAt,
        missingRanges: missingOf(session),
      }));
    },
    'GET /disk': async () => {
      await store.dropExpired();
      return await folder.usage();
    },
  };
}
