import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** The image store's files on disk: `staging/` contains the sessions' chunks, `store/` the committed files. */
export class StoreFolder {
  readonly path: string;
  readonly #staging: string;
  readonly #store: string;
  readonly #isTemporary: boolean;

  private constructor(path: string, isTemporary: boolean) {
    this.path = path;
    this.#staging = join(path, 'staging');
    this.#store = join(path, 'store');
    this.#isTemporary = isTemporary;
  }

  /**
   * Opens a folder, and creates it if it is missing. Without a path it creates a temporary one, which `close` removes.
   *
   * Chunks of an earlier run in `staging/` are removed: a new primary has no sessions for them.
   */
  static async open(path?: string): Promise<StoreFolder> {
    const folder = new StoreFolder(
      path === undefined ? await mkdtemp(join(tmpdir(), 'simulated-cluster-')) : resolve(path),
      path === undefined,
    );
    await rm(folder.#staging, { recursive: true, force: true });
    await mkdir(folder.#staging, { recursive: true });
    await mkdir(folder.#store, { recursive: true });
    return folder;
  }

  /**
   * Writes a chunk to its own file in `staging/`.
   *
   * @param limitBytes - bytes after this limit are counted but not written, since the chunk will be rejected
   * @returns the file, and the number of bytes received
   * @throws if the connection breaks; no file is then left behind
   */
  async stage(content: Readable, limitBytes: number): Promise<{ file: string; bytes: number }> {
    const file = join(this.#staging, `${randomUUID()}.chunk`);
    let bytes = 0;
    const upToLimit = async function* (source: AsyncIterable<Buffer>) {
      for await (const part of source) {
        bytes += part.length;
        if (bytes <= limitBytes) yield part;
      }
    };
    try {
      await pipeline(content, upToLimit, createWriteStream(file));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    return { file, bytes };
  }

  /**
   * Deletes staged files one by one. A file that can't be deleted is skipped, as on a real cluster.
   *
   * @returns the number of freed bytes
   */
  async discard(chunks: readonly { file: string; bytes: number }[]): Promise<number> {
    let freed = 0;
    for (const chunk of chunks) {
      await unlink(chunk.file).then(
        () => {
          freed += chunk.bytes;
        },
        () => undefined,
      );
    }
    return freed;
  }

  /**
   * Joins staged files one by one, without a lock, and moves the result into the store.
   *
   * @param delayMs - the wait before each file
   * @returns false if a file was deleted in the meantime; no file is then left behind
   */
  async join(files: readonly string[], storeRelativePath: string, delayMs: () => number): Promise<boolean> {
    const joined = join(this.#staging, `${randomUUID()}.joined`);
    try {
      for (const file of files) {
        if (delayMs() > 0) await delay(delayMs());
        await pipeline(createReadStream(file), createWriteStream(joined, { flags: 'a' }));
      }
      const target = join(this.#store, storeRelativePath);
      await mkdir(dirname(target), { recursive: true });
      await rename(joined, target);
      return true;
    } catch (error) {
      await rm(joined, { force: true });
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  /** The actual bytes and files in the two folders. */
  async usage(): Promise<{ staging: FolderUsage; store: FolderUsage }> {
    return { staging: await usageOf(this.#staging), store: await usageOf(this.#store) };
  }

  /** Removes the folder if it is a temporary one. */
  async close(): Promise<void> {
    if (this.#isTemporary) await rm(this.path, { recursive: true, force: true });
  }
}

/** The content of a folder, including subfolders. */
export interface FolderUsage {
  bytes: number;
  files: number;
}

async function usageOf(folder: string): Promise<FolderUsage> {
  const usage: FolderUsage = { bytes: 0, files: 0 };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // A file may be deleted after the listing.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (!found) continue;
    usage.bytes += found.size;
    usage.files += 1;
  }
  return usage;
}
