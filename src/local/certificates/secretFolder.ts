import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for keys and other secrets, which only this user can read. */
export class SecretFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @param prefix - the start of the folder's name */
  static async make(prefix: string): Promise<SecretFolder> {
    return new SecretFolder(await mkdtemp(join(tmpdir(), prefix)));
  }

  /** @returns the file's full path */
  async write(name: string, content: string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  /**
   * Writes app settings as an `.env` file, which `node --env-file` and `util.parseEnv` read.
   *
   * @returns the file's full path
   */
  async writeSettings(name: string, settings: Record<string, string>): Promise<string> {
    const lines = Object.entries(settings).map(([setting, value]) => `${setting}=${value}\n`);
    return await this.write(name, lines.join(''));
  }

  /** Removes the folder with its content. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
