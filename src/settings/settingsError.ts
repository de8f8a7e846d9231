import type { MetadataSource } from '../imageStore/entraMetadata.ts';

/** One or more app settings are invalid. The message names each, with what is wrong and what is expected. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** Each is one sentence. */
  readonly errors: string[];
  /** The cluster that can be asked for a missing `CLUSTER_ENTRA_SCOPE`; `undefined` if it is not missing, or the cluster is not known. */
  readonly scopeSource: MetadataSource | undefined;

  constructor(errors: string[], scopeSource?: MetadataSource) {
    super(`The app settings are invalid: ${errors.map((error, n) => `(${n + 1}) ${error}`).join(' ')}`);
    this.errors = errors;
    this.scopeSource = scopeSource;
  }
}
