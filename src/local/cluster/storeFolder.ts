import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** The image store's files on disk: `staging/` holds the sessions' chunks, `store/` the committed files. */
export class StoreFolder {
  readonly path: string;
  readonly #staging: string;
  readonly #store: string;
  readonly #isOurs: boolean;

  private constructor(path: string, isOurs: boolean) {
    this.path = path;
    this.#staging = join(path, 'staging');
    this.#store = join(path, 'store');
    this.#isOurs = isOurs;
  }

  /**
   * Opens a folder, creating it when missing; without a path a fresh temporary one, which `close` removes.
   *
   * Chunks left in `staging/` by an earlier run are removed: a new primary knows no session that they belong to.
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
   * Writes a chunk's bytes to a file of its own in `staging/`.
   *
   * @param limitBytes - what comes after this many is counted but not written: the chunk is refused anyway
   * @returns the file, and the bytes that came
   * @throws when the sender goes away; nothing is left behind then
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
   * Deletes staged files one by one. One that can't be deleted is passed over, as on a real cluster.
   *
   * @returns the bytes that this freed
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
   * Joins staged files, one by one and without any lock, and moves the whole into the store.
   *
   * @param delayMs - waited before each file
   * @returns false when a file had been deleted meanwhile; nothing is left behind then
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

  /** Bytes and files that really are in the two folders now. */
  async usage(): Promise<{ staging: FolderUsage; store: FolderUsage }> {
    return { staging: await usageOf(this.#staging), store: await usageOf(this.#store) };
  }

  /** Removes the folder when it was made by `open`. */
  async close(): Promise<void> {
    if (this.#isOurs) await rm(this.path, { recursive: true, force: true });
  }
}

/** What a folder holds, subfolders included. */
export interface FolderUsage {
  bytes: number;
  files: number;
}

async function usageOf(folder: string): Promise<FolderUsage> {
  const usage: FolderUsage = { bytes: 0, files: 0 };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // A file may be deleted between the listing and the look at it.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (!found) continue;
    usage.bytes += found.size;
    usage.files += 1;
  }
  return usage;
}
