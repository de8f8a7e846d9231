// Uploads one file to the image store in chunks, with the session registered at upload-session-sweeper.
//
//   CLUSTER=http://mycluster:19080 APP=https://myapp.azurewebsites.net KEY=... OWNER=pipeline-7 \
//     node upload.ts web.zip Shop/Code/web.zip
//
// For a secured cluster give `fetch` a dispatcher of the package undici with your certificate. It needs Node.js 24 and nothing
// else. The function key KEY may be one for registering only.
import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';

const { CLUSTER, APP, KEY = '', OWNER = 'upload.ts', CHUNK_BYTES = '26214400' } = process.env;
const [file = '', path = ''] = process.argv.slice(2);
const session = randomUUID();

async function cluster(method: string, operation: string, init: RequestInit = {}, query = ''): Promise<void> {
  const url = `${CLUSTER}/ImageStore/${operation}?api-version=6.0&session-id=${session}${query}`;
  const answer = await fetch(url, { method, signal: AbortSignal.timeout(300_000), ...init });
  if (!answer.ok) throw new Error(`The cluster answered ${answer.status} to ${operation}: ${await answer.text()}`);
}

/** Registers the session, and is its heartbeat later. When the app cannot be reached, the upload goes on. */
async function register(): Promise<void> {
  try {
    const answer = await fetch(`${APP}/api/upload-sessions/${session}`, {
      method: 'PUT',
      headers: { 'x-functions-key': KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ storeRelativePath: path, owner: OWNER }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  } catch (error) {
    console.warn(`The app did not accept upload session ${session}: ${error}`);
  }
}

/** Without it the staged copy stays on the cluster's disks for about half an hour, even after a commit. */
async function remove(): Promise<void> {
  try {
    await cluster('DELETE', '$/DeleteUploadSession', {}, '&timeout=5');
  } catch (error) {
    console.warn(`Upload session ${session} was not deleted, the sweep will do it: ${error}`);
  }
}

console.log(`upload session ${session}`);
await register();
let committing = false;
const source = await open(file);
try {
  const { size } = await source.stat();
  const urlPath = path.split('/').map(encodeURIComponent).join('/');
  const buffer = new Uint8Array(Number(CHUNK_BYTES));
  for (let first = 0; first < size; ) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, first);
    await cluster('PUT', `${urlPath}/$/UploadChunk`, {
      body: buffer.subarray(0, bytesRead),
      headers: { 'Content-Range': `bytes ${first}-${first + bytesRead - 1}/${size}` },
    });
    await register();
    first += bytesRead;
  }
  committing = true;
  await cluster('POST', '$/CommitUploadSession');
  committing = false;
  console.log(`committed ${path}`);
} finally {
  await source.close();
  // A commit that failed may still run on the cluster, so its session is left to the sweep.
  if (!committing) await remove();
}
