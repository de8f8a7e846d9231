import { type KeyObject, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { jsonRoutes } from '../jsonRoutes.ts';
import { createPlainServer, type Listener, listen } from '../listen.ts';
import { behaviourChange } from './controlContract.ts';
import { IdentityControl } from './identityControl.ts';
import { IdentityTokens } from './identityTokens.ts';
import { CLUSTER_APPLICATION, STORAGE_RESOURCE, SYSTEM_IDENTITY, TENANT } from './tenant.ts';
import { TokenIssuer } from './tokenIssuer.ts';
import { TOKEN_PATH } from './tokenRequest.ts';
import { TokenService } from './tokenService.ts';

/** How to start an identity endpoint. Every option has a default. */
export interface IdentityEndpointOptions {
  /** 0, the default, for any free port. */
  port?: number | undefined;
  /** 0, the default, for any free port. */
  controlPort?: number | undefined;
  tenant?: string | undefined;
  /** The application on which the identities have roles. */
  clusterApplication?: string | undefined;
  /** Other resources that tokens can be requested for; storage by default. */
  resources?: readonly string[] | undefined;
  /** The client ids of user-assigned identities; none by default. */
  userIdentities?: readonly string[] | undefined;
  /** The value of `IDENTITY_HEADER`; a new one by default. */
  secret?: string | undefined;
}

/** An identity endpoint that runs in this process. */
export interface IdentityEndpoint {
  /** The value of `IDENTITY_ENDPOINT`, such as `http://127.0.0.1:12345/msi/token`. */
  endpoint: string;
  /** The value of `IDENTITY_HEADER`. Secret. */
  secret: string;
  controlEndpoint: string;
  control: IdentityControl;
  /** The key that verifies its tokens. */
  publicKey: KeyObject;
  /** Stops it at once, with all its connections. */
  close(): Promise<void>;
}

/**
 * Starts an endpoint that issues tokens as App Service's does to an app with a managed identity, and its control listener. Both listen
 * on loopback only.
 *
 * @throws NodeJS.ErrnoException, `EADDRINUSE` if a port is in use; nothing is then left running
 */
export async function startIdentityEndpoint(options: IdentityEndpointOptions = {}): Promise<IdentityEndpoint> {
  const { port = 0, controlPort = 0, tenant = TENANT, secret = randomUUID() } = options;
  const [issuer, forger] = await Promise.all([TokenIssuer.create(tenant), TokenIssuer.create(tenant)]);
  const tokens = new IdentityTokens({
    systemIdentity: SYSTEM_IDENTITY,
    userIdentities: options.userIdentities ?? [],
    clusterApplication: options.clusterApplication ?? CLUSTER_APPLICATION,
    resources: options.resources ?? [STORAGE_RESOURCE],
    issuer,
    forger,
  });
  const service = new TokenService(secret, tokens);
  const control = jsonRoutes({
    'GET /status': () => service.status(),
    'PUT /behaviour': (body) => service.behave(v.parse(behaviourChange, body)),
    'POST /reset': () => service.reset(),
  });

  const listeners: Listener[] = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  try {
    const server = createPlainServer((request, response) => void service.handle(request, response));
    const tokenListener = await listen(server, port);
    listeners.push(tokenListener);
    const controlListener = await listen(createPlainServer(control), controlPort);
    listeners.push(controlListener);
    const controlEndpoint = `http://127.0.0.1:${controlListener.port}`;
    return {
      endpoint: `http://127.0.0.1:${tokenListener.port}${TOKEN_PATH}`,
      secret,
      controlEndpoint,
      control: new IdentityControl(controlEndpoint),
      publicKey: issuer.publicKey,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
