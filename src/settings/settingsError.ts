import type { MetadataSource } from '../imageStore/entraMetadata.ts';

/** One or more app settings are wrong. The message names each, with what is wrong and what is expected. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** One sentence each. */
  readonly errors: string[];
  /** Which cluster could be asked for the scope that is missing; `undefined` if none is missing, or the cluster is not known. */
  readonly scopeSource: MetadataSource | undefined;

  constructor(errors: string[], scopeSource?: MetadataSource) {
    super(`The app settings are wrong: ${errors.map((error, n) => `(${n + 1}) ${error}`).join(' ')}`);
    this.errors = errors;
    this.scopeSource = scopeSource;
  }
}
