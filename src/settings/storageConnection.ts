import { GUID } from '../cleanup/model/guid.ts';
import type { StorageConnection } from '../storage/table.ts';
import { COSMOS, hasMore, isCosmos, readConnectionString } from './connectionString.ts';

export const CONNECTION_NAME = /^[A-Za-z_][\w.-]*$/;

type Read = { connection: StorageConnection } | { errors: string[] };

/**
 * Looks up a connection as Functions does: `AzureWebJobsX` first, then `X`; a connection string, or a section for
 * identity-based access (`X__tableServiceUri` or `X__accountName`, with `X__credential` and `X__clientId`). No error shows a value.
 */
export function readStorageConnection(get: (name: string) => string | undefined, name: string): Read {
  for (const key of [`AzureWebJobs${name}`, name]) {
    const value = get(key);
    if (value) return readString(key, value);
    const tableServiceUri = get(`${key}__tableServiceUri`);
    const accountName = get(`${key}__accountName`);
    if (tableServiceUri || accountName) return readSection(get, key, tableServiceUri, accountName);
  }
  return {
    errors: [
      `${name} is missing; set it to a connection string such as ${EXAMPLE}, or set ${name}__tableServiceUri for access with an identity.`,
    ],
  };
}

const EXAMPLE = 'UseDevelopmentStorage=true or DefaultEndpointsProtocol=https;AccountName=…';

function readString(key: string, value: string): Read {
  const read = readConnectionString(value);
  if ('connectionString' in read) return { connection: read };
  return { errors: [`${key} ${read.error}. Expected a connection string such as ${EXAMPLE}.`] };
}

/** Other ways to name an identity. If they were ignored, the app would silently use another identity. */
const UNSUPPORTED = [
  'managedIdentityResourceId',
  'managedIdentityObjectId',
  'tenantId',
  'clientSecret',
  'clientCertificatePath',
  'certificate',
];

function readSection(
  get: (name: string) => string | undefined,
  key: string,
  tableServiceUri: string | undefined,
  accountName: string | undefined,
): Read {
  const errors: string[] = [];
  const uri = URL.parse(tableServiceUri ?? `https://${accountName}.table.core.windows.net`);

  if (accountName && !tableServiceUri && !/^[a-z0-9]{3,24}$/.test(accountName)) {
    errors.push(
      `${key}__accountName is invalid, expected a storage account's name: 3 to 24 lower-case letters and digits.`,
    );
  } else if (uri?.protocol !== 'https:' || hasMore(uri)) {
    // A token must not be sent over http, and a SAS in the URL is not an identity.
    errors.push(
      `${key}__tableServiceUri is invalid, expected the https URL of a table service and nothing more, such as https://mystorage.table.core.windows.net.`,
    );
  }
  if (uri && isCosmos(uri.href)) errors.push(`${key}__tableServiceUri ${COSMOS}.`);
  for (const name of UNSUPPORTED) {
    if (get(`${key}__${name}`) === undefined) continue;
    errors.push(`${key}__${name} is not supported: name the identity with ${key}__clientId, or leave it out.`);
  }
  const credential = get(`${key}__credential`);
  if (credential && credential.toLowerCase() !== 'managedidentity') {
    errors.push(
      `${key}__credential is not supported: set it to managedidentity, or remove it to use the credentials of a developer's machine.`,
    );
  }
  const clientId = get(`${key}__clientId`);
  if (clientId && !GUID.test(clientId)) {
    errors.push(`${key}__clientId is not a GUID, expected the client id of a managed identity.`);
  }
  if (errors.length > 0 || !uri) return { errors };
  return {
    connection: {
      tableServiceUri: uri.href.replace(/\/$/, ''),
      managedIdentity: credential !== undefined,
      ...(clientId ? { clientId } : {}),
    },
  };
}
