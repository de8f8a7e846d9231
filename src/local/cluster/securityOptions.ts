import type { ClusterSecurity } from './clusterSecurity.ts';
import { AUTHENTICATION, type MadeSecurity, makeSecurity } from './makeSecurity.ts';

/** The unparsed options of the command line about the cluster's security. */
export interface SecurityArguments {
  secured?: string;
  'entra-key'?: string;
  exclusive?: boolean;
  ask?: string;
  tls?: string;
}

const ASK = { 'in-handshake': 'inHandshake', 'after-request': 'afterRequest' } as const;
const TLS = { '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' } as const;

/**
 * Creates the cluster's security from the options of the command line.
 *
 * @returns `undefined` for an unsecured cluster
 * @throws Error that names the invalid option
 */
export async function readSecurityOptions(args: SecurityArguments): Promise<MadeSecurity | undefined> {
  const { 'entra-key': tokenKeyFile, exclusive, ask, tls } = args;
  const secured = AUTHENTICATION.find((way) => way === choose('secured', args.secured, AUTHENTICATION));
  if (!secured) {
    for (const option of ['entra-key', 'exclusive', 'ask', 'tls'] as const) {
      if (args[option] !== undefined) throw new Error(`--${option} needs --secured ${AUTHENTICATION.join(' or ')}.`);
    }
    return undefined;
  }
  const asksForCertificate = ASK[choose('ask', ask, keysOf(ASK)) ?? 'in-handshake'];
  if (exclusive && asksForCertificate === 'afterRequest') {
    throw new Error('--ask after-request contradicts --exclusive: that mode requests certificates in the handshake.');
  }
  const version = choose('tls', tls, keysOf(TLS));
  const how: Parameters<typeof makeSecurity>[2] = {
    asksForCertificate,
    exclusive,
    ...(version && { tlsVersions: { min: TLS[version], max: TLS[version] } }),
  } satisfies Partial<ClusterSecurity>;
  return await makeSecurity(secured, tokenKeyFile, how);
}

function choose<T extends string>(option: string, text: string | undefined, choices: readonly T[]): T | undefined {
  const choice = choices.find((each) => each === text);
  if (text !== undefined && !choice) throw new Error(`--${option} ${text} is not one of ${choices.join(', ')}.`);
  return choice;
}

function keysOf<T extends string>(map: Record<T, unknown>): T[] {
  return Object.keys(map) as T[];
}
