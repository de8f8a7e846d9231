/** The parts of a storage connection string that tables need. */
export type ConnectionParts = Map<string, string>;

const PLATFORM_SUFFIX = 'core.windows.net';

/** The emulator's connection string. [azure-sdk-for-net, Azure.Storage.Common] */
const EMULATOR = 'UseDevelopmentStorage=true';

/**
 * Reads a storage connection string as the platform does: names in any case, blanks and empty parts are allowed, and the endpoint
 * suffix and protocol have the platform's defaults.
 *
 * @returns the connection string in the form that `@azure/data-tables` accepts, or what is wrong, as the end of a sentence about the
 *   setting; never any of its content
 * @see https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
 */
export function readConnectionString(text: string): { connectionString: string } | { error: string } {
  const parts: ConnectionParts = new Map();
  for (const part of text.split(';').map((one) => one.trim())) {
    if (part === '') continue;
    const at = part.indexOf('=');
    if (at <= 0) return { error: 'is not a connection string: a part of it is not of the form name=value' };
    const name = part.slice(0, at).trim().toLowerCase();
    if (parts.has(name)) return { error: `has ${shownName(name)} twice` };
    parts.set(name, part.slice(at + 1).trim());
  }
  if (parts.has('usedevelopmentstorage')) return emulator(parts);
  const endpoint = parts.get('tableendpoint');
  const account = parts.get('accountname');
  const key = parts.get('accountkey');
  const signature = parts.get('sharedaccesssignature')?.replace(/^\?/, '');
  if (endpoint === undefined && account === undefined) {
    return { error: 'has neither AccountName nor TableEndpoint' };
  }
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    return { error: 'has a TableEndpoint that is not an http or https URL' };
  }
  const protocol = (parts.get('defaultendpointsprotocol') ?? 'https').toLowerCase();
  if (protocol !== 'http' && protocol !== 'https')
    return { error: 'has a DefaultEndpointsProtocol other than http or https' };
  const host = `${account}.table.${parts.get('endpointsuffix') ?? PLATFORM_SUFFIX}`;
  const tableEndpoint = endpoint ?? `${protocol}://${host}`;
  if (isCosmos(tableEndpoint)) return { error: COSMOS };
  if (signature !== undefined) {
    if (signature === '') return { error: 'has an empty SharedAccessSignature' };
    return { connectionString: `TableEndpoint=${tableEndpoint};SharedAccessSignature=${signature}` };
  }
  if (account === undefined || account === '') return { error: 'has no AccountName' };
  if (key === undefined || key === '') return { error: 'has no AccountKey, and no SharedAccessSignature' };
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return { error: 'has an AccountKey that is not base64: is it cut off?' };
  return {
    connectionString:
      `DefaultEndpointsProtocol=${protocol};AccountName=${account};AccountKey=${key};` +
      `EndpointSuffix=${parts.get('endpointsuffix') ?? PLATFORM_SUFFIX};TableEndpoint=${tableEndpoint}`,
  };
}

function emulator(parts: ConnectionParts): { connectionString: string } | { error: string } {
  if (parts.get('usedevelopmentstorage')?.toLowerCase() !== 'true') {
    return { error: 'has a UseDevelopmentStorage other than true' };
  }
  if (parts.has('developmentstorageproxyuri')) {
    return {
      error: 'has a DevelopmentStorageProxyUri, which is not supported; name the endpoints of the emulator instead',
    };
  }
  return { connectionString: EMULATOR };
}

/** A Cosmos DB table finds nothing by `Timestamp`, so stale sessions without a `lastActivity` would be forgotten. */
export const COSMOS =
  'names a Cosmos DB account, which is not supported: it does not find rows by their Timestamp. Use a storage account';

/** Whether a table endpoint is one of Cosmos DB. */
export function isCosmos(endpoint: string): boolean {
  return /\.(table\.cosmos|table\.cosmosdb|documents)\.azure\.|\.cosmos(db)?\./i.test(
    URL.parse(endpoint)?.hostname ?? '',
  );
}

/** A part's name, if it looks like one: anything else may be a piece of a secret. */
function shownName(name: string): string {
  return /^[a-z]{1,40}$/.test(name) ? name : 'a part';
}
