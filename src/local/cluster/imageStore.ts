import type { Readable } from 'node:stream';
import { parseContentRange, rangeBytes } from './byteRanges.ts';
import { ClusterClock } from './clusterClock.ts';
import { fabricError, type GatewayAnswer, NO_CONTENT, success } from './gatewayAnswer.ts';
import { type GatewayCall, parseGuid, parseStoreRelativePath } from './gatewayUrl.ts';
import { Primary } from './primary.ts';
import { describeSession, refuseChunk } from './sessionRules.ts';
import { missingOf, type StagedSession, StagedSessions } from './stagedSessions.ts';
import type { StoreFolder } from './storeFolder.ts';
import { DEFAULT_CAPACITY_BYTES, describeStore, type StoreInfoForm } from './storeInfo.ts';

/** The result of an operation. */
export interface Performed {
  answer: GatewayAnswer;
  /** For a delete of an existing session: the bytes of its chunk files. */
  bytesFreed?: number;
}

/** The image store's operations, as the gateway offers them. */
export class ImageStore {
  readonly clock = new ClusterClock();
  readonly sessions = new StagedSessions(this.clock);
  readonly primary = new Primary(this.clock);
  /** The wait before each staged file that a commit joins. */
  commitDelayPerChunkMs = 0;
  storeInfo: StoreInfoForm = 'object';
  /** The size of the simulated disk. */
  capacityBytes = DEFAULT_CAPACITY_BYTES;
  readonly #folder: StoreFolder;

  constructor(folder: StoreFolder) {
    this.#folder = folder;
  }

  /**
   * Carries out a call.
   *
   * @param content - the request's body
   * @param contentRange - the request's `Content-Range` header
   */
  async perform(call: GatewayCall, content: Readable, contentRange: string | undefined): Promise<Performed> {
    switch (call.operation) {
      case 'uploadChunk':
        return { answer: await this.#uploadChunk(call, content, contentRange) };
      case 'getSession':
        return { answer: this.#getSession(call) };
      case 'getSessionsOfPath':
        return { answer: this.#getSessionsOfPath(call) };
      case 'commit':
        return { answer: await this.#commit(call) };
      case 'delete':
        return await this.#delete(call);
      case 'storeInfo':
        return { answer: await describeStore(this.#folder, this.storeInfo, this.capacityBytes) };
      default:
        return { answer: fabricError('E_INVALIDARG') };
    }
  }

  /** Runs the expiry checks that are due: drops the sessions that are too old, with their chunk files. */
  async dropExpired(): Promise<void> {
    await this.#discardAll(this.sessions.removeExpired());
  }

  /** Makes another replica primary, which has no sessions. The old one removes its staging folder. */
  async failOver(): Promise<void> {
    await this.#discardAll(this.sessions.removeAll());
  }

  async #discardAll(sessions: StagedSession[]): Promise<void> {
    for (const session of sessions) await this.#folder.discard(session.chunks);
  }

  /** @see NativeImageStore.cpp of microsoft/service-fabric, UploadChunkAsyncOperation */
  async #uploadChunk(call: GatewayCall, content: Readable, contentRange: string | undefined): Promise<GatewayAnswer> {
    const range = parseContentRange(contentRange);
    if (!range) return fabricError('FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE');
    const storeRelativePath = parseStoreRelativePath(call.path);
    if (storeRelativePath === undefined) return fabricError('E_INVALIDARG');
    const id = parseGuid(call.sessionId);
    if (id === undefined) return fabricError('FABRIC_E_INVALID_UPLOAD_SESSION_ID');

    const { fileSizeBytes, start, end } = range;
    const expectedBytes = rangeBytes(range, fileSizeBytes);
    const staged = await this.#folder.stage(content, expectedBytes);
    // No await from here to the answer, so that two chunks can't occupy the same range.
    const refusal =
      // The real image store detects a chunk of the wrong length only at the commit.
      staged.bytes === expectedBytes
        ? refuseChunk(this.sessions.find(id), storeRelativePath, range)
        : fabricError('FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE');
    if (refusal) {
      await this.#folder.discard([staged]);
      return refusal;
    }
    this.sessions.addChunk({ id, storeRelativePath, fileSizeBytes }, { start, end, ...staged });
    return success();
  }

  #getSession(call: GatewayCall): GatewayAnswer {
    const id = parseGuid(call.sessionId);
    if (id === undefined) return fabricError('FABRIC_E_INVALID_UPLOAD_SESSION_ID');
    const session = this.sessions.find(id);
    return session ? success({ UploadSessions: [describeSession(session)] }) : NO_CONTENT;
  }

  #getSessionsOfPath(call: GatewayCall): GatewayAnswer {
    const storeRelativePath = parseStoreRelativePath(call.path);
    if (storeRelativePath === undefined) return fabricError('E_INVALIDARG');
    const sessions = this.sessions.ofPath(storeRelativePath);
    return sessions.length > 0 ? success({ UploadSessions: sessions.map(describeSession) }) : NO_CONTENT;
  }

  /** Removes the session first and then the chunk files, so a commit that is joining them finds them missing. */
  async #delete(call: GatewayCall): Promise<Performed> {
    const id = parseGuid(call.sessionId);
    if (id === undefined) return { answer: fabricError('E_INVALIDARG') };
    const session = this.sessions.remove(id);
    if (!session) return { answer: fabricError('NotFound') };
    return { answer: success(), bytesFreed: await this.#folder.discard(session.chunks) };
  }

  /**
   * An unknown session and one with missing chunks are answered with 400 `E_INVALIDARG`. 404 `NotFound` means that a chunk file was
   * deleted during the commit.
   *
   * The session and its staged chunks stay: only a delete or the expiry removes them, and a client can even commit twice.
   *
   * @see NativeImageStore.cpp, RequestManager.cpp and processcommituploadsessionrequestasyncoperation.cpp of
   *   microsoft/service-fabric
   */
  async #commit(call: GatewayCall): Promise<GatewayAnswer> {
    const id = parseGuid(call.sessionId);
    const session = id === undefined ? undefined : this.sessions.find(id);
    if (!session || missingOf(session).length > 0) return fabricError('E_INVALIDARG');

    const files = session.chunks.map((chunk) => chunk.file);
    const joined = await this.#folder.join(files, session.storeRelativePath, () => this.commitDelayPerChunkMs);
    return joined ? success() : fabricError('NotFound');
  }
}
