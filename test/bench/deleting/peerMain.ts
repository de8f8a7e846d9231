import { measure, servePeer, type Usage } from '../peerProcess.ts';
import { NODE_PEERS, type NodePeer } from './peers.ts';

export interface DeletingJob {
  peer: NodePeer;
  endpoint: string;
  concurrency: number;
  /** Deleted before the measurement, so that connections are open and the code is compiled. */
  warmUp: string[];
  sessionIds: string[];
}

servePeer(async ({ peer, endpoint, concurrency, warmUp, sessionIds }: DeletingJob): Promise<Usage> => {
  const deleteOne = NODE_PEERS[peer](endpoint, concurrency);
  const deleteAll = async (ids: string[]) => {
    const left = ids.values();
    const loop = async () => {
      for (const id of left) await deleteOne(id);
    };
    await Promise.all(Array.from({ length: concurrency }, loop));
  };
  await deleteAll(warmUp);
  return measure(() => deleteAll(sessionIds));
});
