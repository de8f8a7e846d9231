/** The parts of a storage connection string that tables need. */
export type ConnectionParts = Map<string, string>;

const PLATFORM_SUFFIX = 'core.windows.net';

/** The emulator's connection string. [azure-sdk-for-net, Azure.Storage.Common] */
const EMULATOR = 'UseDevelopmentStorage=true';

/**
 * Reads a storage connection string as the platform does: names in any case, spaces and empty parts are allowed, and the endpoint
 * suffix and protocol have the platform's defaults.
 *
 * @returns the connection string in the form that `@azure/data-tables` accepts, or what is wrong, as the end of a sentence about the
 *   setting; never any of its content
 * @see https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
 */
export function readConnectionString(text: string): { connectionString: string } | { error: string } {
  if (/^(["']).*\1$/s.test(text)) return { error: 'is in quotes; remove them' };
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
  const url = endpoint === undefined ? undefined : URL.parse(endpoint);
  if (url !== undefined && !/^https?:$/.test(url?.protocol ?? '')) {
    return { error: 'has a TableEndpoint that is not an http or https URL' };
  }
  if (url && hasMore(url)) {
    return {
      error:
        'has a TableEndpoint with a user name, a query or a fragment; a signature belongs in SharedAccessSignature',
    };
  }
  const protocol = (parts.get('defaultendpointsprotocol') ?? 'https').toLowerCase();
  if (protocol !== 'http' && protocol !== 'https')
    return { error: 'has a DefaultEndpointsProtocol other than http or https' };
  const suffix = parts.get('endpointsuffix') || PLATFORM_SUFFIX;
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(suffix)) {
    return { error: `has an EndpointSuffix that is not a domain name such as ${PLATFORM_SUFFIX}` };
  }
  // Any other character could lead the app to another host.
  if (endpoint === undefined && account && !/^[a-z0-9-]+$/i.test(account)) {
    return { error: 'has an AccountName that is not the name of a storage account' };
  }
  const host = `${account}.table.${suffix}`;
  const tableEndpoint = endpoint ?? `${protocol}://${host}`;
  if (isCosmos(tableEndpoint)) return { error: COSMOS };
  if (signature !== undefined) {
    if (signature === '') return { error: 'has an empty SharedAccessSignature' };
    if (!/^[^\s"'#]*$/.test(signature) || !/(^|&)sig=./.test(signature)) {
      return { error: 'has a SharedAccessSignature without a valid sig: is it cut off, or in quotes?' };
    }
    return { connectionString: `TableEndpoint=${tableEndpoint};SharedAccessSignature=${signature}` };
  }
  if (account === undefined || account === '') return { error: 'has no AccountName' };
  if (key === undefined || key === '') return { error: 'has no AccountKey, and no SharedAccessSignature' };
  if (key.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(key))
    return { error: 'has an AccountKey that is not base64: is it cut off?' };
  return {
    connectionString:
      `DefaultEndpointsProtocol=${protocol};AccountName=${account};AccountKey=${key};` +
      `EndpointSuffix=${suffix};TableEndpoint=${tableEndpoint}`,
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
  if (parts.size > 1) return { error: 'has other parts beside UseDevelopmentStorage' };
  return { connectionString: EMULATOR };
}

/** Whether a URL has more than scheme, host, port and path. */
export function hasMore({ username, password, search, hash }: URL): boolean {
  return [username, password, search, hash].some((part) => part !== '');
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
