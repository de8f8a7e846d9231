import { randomUUID } from 'node:crypto';
import { type ByteRange, missingRanges, rangeBytes } from './byteRanges.ts';

/** What is to be uploaded. */
export interface UploadDescription {
  /** Such as `App/Code/a.zip`. */
  storeRelativePath: string;
  fileSizeBytes: number;
  /** None: a new one. */
  sessionId?: string | undefined;
  /** The size of all chunks but the last. */
  chunkSizeBytes?: number | undefined;
}

/** The gateway refused a step of an upload. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
  readonly httpStatus: number;
  /** `Error.Code` of the answer's body, when it has one. */
  readonly code: string | undefined;

  constructor(step: string, httpStatus: number, code: string | undefined) {
    super(`The gateway refused to ${step}: ${httpStatus} ${code ?? '(no FabricErrorCode)'}`);
    this.httpStatus = httpStatus;
    this.code = code;
  }
}

const DEFAULT_CHUNK_BYTES = 1_048_576;
const API_VERSION = 'api-version=6.0';

/** One file on its way into the image store of a simulated cluster, chunk by chunk. Its content is filler. */
export class Upload {
  readonly sessionId: string;
  readonly storeRelativePath: string;
  readonly fileSizeBytes: number;
  /** The file's chunks, in their order. */
  readonly chunks: readonly ByteRange[];
  readonly #endpoint: string;

  /** @param endpoint - the HTTP gateway endpoint. Nothing is sent yet: the first chunk makes the session. */
  constructor(endpoint: string, description: UploadDescription) {
    this.#endpoint = endpoint;
    this.sessionId = description.sessionId ?? randomUUID();
    this.storeRelativePath = description.storeRelativePath;
    this.fileSizeBytes = description.fileSizeBytes;
    this.chunks = chunksOf(description.fileSizeBytes, description.chunkSizeBytes ?? DEFAULT_CHUNK_BYTES);
  }

  /** Uploads one range. @throws {UploadRefused} */
  async uploadChunk(range: ByteRange): Promise<void> {
    const path = this.storeRelativePath.split('/').map(encodeURIComponent).join('/');
    const url = `${this.#endpoint}/ImageStore/${path}/$/UploadChunk?${API_VERSION}&session-id=${this.sessionId}`;
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'Content-Range': `bytes ${range.start}-${range.end}/${this.fileSizeBytes}` },
      body: Buffer.alloc(rangeBytes(range, this.fileSizeBytes), 'filler '),
    });
    await refuseUnlessOk('take a chunk', response);
  }

  /** Uploads some of the file's chunks one after another; all of them when nothing is said. @throws {UploadRefused} */
  async uploadChunks(chunks: readonly ByteRange[] = this.chunks): Promise<void> {
    for (const chunk of chunks) await this.uploadChunk(chunk);
  }

  /** Makes the uploaded chunks a file of the image store. @throws {UploadRefused} */
  async commit(): Promise<void> {
    const url = `${this.#endpoint}/ImageStore/$/CommitUploadSession?${API_VERSION}&session-id=${this.sessionId}`;
    await refuseUnlessOk('commit', await fetch(url, { method: 'POST' }));
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

async function refuseUnlessOk(step: string, response: Response): Promise<void> {
  const text = await response.text();
  if (response.status === 200) return;
  let code: string | undefined;
  try {
    code = (JSON.parse(text) as { Error?: { Code?: string } }).Error?.Code;
  } catch {
    // A proxy's page, or nothing: the status says it all.
  }
  throw new UploadRefused(step, response.status, code);
}
