import { randomUUID } from 'node:crypto';
import { type ByteRange, missingRanges, rangeBytes } from './byteRanges.ts';
import { type GatewayCredentials, sendToGateway } from './gatewayTransport.ts';

/** The file to upload. */
export interface UploadDescription {
  /** Such as `App/Code/a.zip`. */
  storeRelativePath: string;
  fileSizeBytes: number;
  /** A new one by default. */
  sessionId?: string | undefined;
  /** The size of all chunks but the last. */
  chunkSizeBytes?: number | undefined;
}

/** The gateway rejected a step of an upload. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
  readonly httpStatus: number;
  /** `Error.Code` of the answer's body, if it has one. */
  readonly code: string | undefined;

  constructor(step: string, httpStatus: number, code: string | undefined) {
    super(`The gateway refused to ${step}: ${httpStatus} ${code ?? '(no FabricErrorCode)'}`);
    this.httpStatus = httpStatus;
    this.code = code;
  }
}

const DEFAULT_CHUNK_BYTES = 1_048_576;
const API_VERSION = 'api-version=6.0';

/** The upload of one file to the image store of a simulated cluster, chunk by chunk. Its content is filler. */
export class Upload {
  readonly sessionId: string;
  readonly storeRelativePath: string;
  readonly fileSizeBytes: number;
  /** The file's chunks, in their order. */
  readonly chunks: readonly ByteRange[];
  readonly #endpoint: string;
  readonly #credentials: GatewayCredentials | undefined;

  /**
   * Sends nothing yet: the first chunk creates the session.
   *
   * @param endpoint - the HTTP gateway endpoint
   * @param credentials - `undefined` if the cluster is not secured
   */
  constructor(endpoint: string, description: UploadDescription, credentials?: GatewayCredentials) {
    this.#endpoint = endpoint;
    this.#credentials = credentials;
    this.sessionId = description.sessionId ?? randomUUID();
    this.storeRelativePath = description.storeRelativePath;
    this.fileSizeBytes = description.fileSizeBytes;
    this.chunks = chunksOf(description.fileSizeBytes, description.chunkSizeBytes ?? DEFAULT_CHUNK_BYTES);
  }

  /** Uploads one range. @throws {UploadRefused} */
  async uploadChunk(range: ByteRange): Promise<void> {
    const path = this.storeRelativePath.split('/').map(encodeURIComponent).join('/');
    const url = `${this.#endpoint}/ImageStore/${path}/$/UploadChunk?${API_VERSION}&session-id=${this.sessionId}`;
    const headers = { 'Content-Range': `bytes ${range.start}-${range.end}/${this.fileSizeBytes}` };
    const body = Buffer.alloc(rangeBytes(range, this.fileSizeBytes), 'filler ');
    refuseUnlessOk('take a chunk', await sendToGateway(url, { method: 'PUT', headers, body }, this.#credentials));
  }

  /** Uploads chunks one after another; by default all chunks of the file. @throws {UploadRefused} */
  async uploadChunks(chunks: readonly ByteRange[] = this.chunks): Promise<void> {
    for (const chunk of chunks) await this.uploadChunk(chunk);
  }

  /** Commits the upload, which makes it a file of the image store. @throws {UploadRefused} */
  async commit(): Promise<void> {
    const url = `${this.#endpoint}/ImageStore/$/CommitUploadSession?${API_VERSION}&session-id=${this.sessionId}`;
    refuseUnlessOk('commit', await sendToGateway(url, { method: 'POST' }, this.#credentials));
  }
}

function chunksOf(fileSizeBytes: number, chunkSizeBytes: number): ByteRange[] {
  const [whole] = missingRanges([], fileSizeBytes);
  const last = whole?.end ?? 0;
  const chunks: ByteRange[] = [];
  for (let start = 0; start <= last; start += chunkSizeBytes) {
    chunks.push({ start, end: Math.min(start + chunkSizeBytes - 1, last) });
  }
  return chunks;
}

function refuseUnlessOk(step: string, { status, body }: { status: number; body: string }): void {
  if (status === 200) return;
  let code: string | undefined;
  try {
    code = (JSON.parse(body) as { Error?: { Code?: string } }).Error?.Code;
  } catch {
    // A proxy's page, or no body: only the status is known.
  }
  throw new UploadRefused(step, status, code);
}
