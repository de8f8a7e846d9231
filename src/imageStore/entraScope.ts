import { GUID } from '../cleanup/model/guid.ts';
import { quotedSetting } from '../cleanup/model/quotedSetting.ts';

/** An application id URI, such as `api://…` or `https://cluster.example.com`. */
const APPLICATION_ID_URI = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+[^\s?#]*$/i;

const ALL_PERMISSIONS = '/.default';

/** Path and query of the cluster's metadata for Entra, which needs no credentials. */
export const METADATA_TARGET = '/$/GetAadMetadata?api-version=1.0';

/**
 * Reads a scope: the cluster application's id or id URI, with or without `/.default` at the end.
 *
 * @returns the scope with `/.default`, or what is wrong, as the end of a sentence about the setting
 */
export function parseEntraScope(text: string): { scope: string } | { error: string } {
  const resource = text.endsWith(ALL_PERMISSIONS) ? text.slice(0, -ALL_PERMISSIONS.length) : text;
  if (GUID.test(resource) || APPLICATION_ID_URI.test(resource)) {
    return { scope: resource + ALL_PERMISSIONS };
  }
  return {
    error:
      `is ${quotedSetting(text)}, expected the cluster application's id or id URI, ` +
      'such as 6f9619ff-8b86-d011-b42d-00c04fc964ff/.default',
  };
}

/**
 * Reads the scope from a cluster's metadata. Since it is shown to a person, only an application id is accepted.
 *
 * @returns the scope, or what is wrong, as the end of a sentence about the answer
 * @see Service Fabric REST API, "Get Aad Metadata"
 */
export function readMetadataScope(body: string): { scope: string } | { error: string } {
  let parsed: { type?: unknown; metadata?: { cluster?: unknown } | null } | null;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { error: 'its metadata for Entra is not JSON' };
  }
  const cluster = parsed?.metadata?.cluster;
  if (typeof cluster === 'string' && GUID.test(cluster)) return { scope: cluster + ALL_PERMISSIONS };
  return { error: 'its metadata for Entra has no cluster application; is the cluster set up for Entra?' };
}
