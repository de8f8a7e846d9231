import type { Authorize } from './authorize.ts';
import { ClusterControl } from './clusterControl.ts';
import { accessCheck, type ClusterSecurity, createSecureServer, entraMetadataOf } from './clusterSecurity.ts';
import { controlHandler } from './controlServer.ts';
import { FaultRules } from './faultRules.ts';
import { type EntraMetadata, Gateway } from './gateway.ts';
import { ImageStore } from './imageStore.ts';
import { type CreateServer, createPlainServer, type Listener, listen } from './listen.ts';
import { RequestLog } from './requestLog.ts';
import { StoreFolder } from './storeFolder.ts';

/** How to start a simulated cluster. Nothing needs to be said. */
export interface SimulatedClusterOptions {
  /** The gateway's port. 0, the default: any that is free. */
  port?: number | undefined;
  /** The control listener's port. 0, the default: any that is free. */
  controlPort?: number | undefined;
  /** Where the image store's files are kept. None: a temporary folder, removed at the end. */
  folder?: string | undefined;
  /** What the header `ClusterId` must say, when there is one. None: it isn't looked at. */
  clusterId?: string | undefined;
  /** How the cluster is secured; none: it isn't. In place of the four options that say so one by one. */
  security?: ClusterSecurity | undefined;
  entraMetadata?: EntraMetadata | undefined;
  /** How many requests the log keeps. */
  logCapacity?: number | undefined;
  /** The gateway's access check. None: an unsecured cluster. */
  authorize?: Authorize | undefined;
  /** Makes the gateway's server. None: plain HTTP. */
  createServer?: CreateServer | undefined;
  /** The scheme of `endpoint`, to go with `createServer`. */
  scheme?: 'http' | 'https' | undefined;
}

/** A simulated cluster that runs in this process. */
export interface SimulatedCluster {
  /** The HTTP gateway endpoint, such as `http://127.0.0.1:19080`; `https` when it is secured. */
  endpoint: string;
  controlEndpoint: string;
  /** Holds `staging/` and `store/`. */
  folder: string;
  control: ClusterControl;
  /** Ends it at once, with all its connections. */
  close(): Promise<void>;
}

const LOG_CAPACITY = 200_000;

/**
 * Starts a simulated cluster: a gateway that is as strict as a real one, with real chunk files behind it, and a control
 * listener of its own. Both on loopback only.
 *
 * @throws NodeJS.ErrnoException, `EADDRINUSE` when a port is taken; nothing is left running then
 */
export async function startSimulatedCluster(options: SimulatedClusterOptions = {}): Promise<SimulatedCluster> {
  const { port = 0, controlPort = 0, clusterId } = options;
  const folder = await StoreFolder.open(options.folder);
  const store = new ImageStore(folder);
  const faults = new FaultRules();
  const log = new RequestLog(options.logCapacity ?? LOG_CAPACITY);
  const secured = options.security ? secure(options.security, () => store.clock.now()) : {};
  const { scheme = 'http', createServer = createPlainServer, ...settings } = { ...options, ...secured };
  const gateway = new Gateway(store, faults, log, settings);

  const listeners: Listener[] = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await folder.close();
  };
  try {
    const gatewayListener = await listen(createServer(gateway.handle), port);
    listeners.push(gatewayListener);
    const endpoint = `${scheme}://127.0.0.1:${gatewayListener.port}`;
    const describe = () => ({
      endpoint,
      clusterId: clusterId ?? null,
      connections: gatewayListener.connections(),
    });
    const handler = controlHandler({ store, folder, faults, log, gateway, describe });
    const controlListener = await listen(createPlainServer(handler), controlPort);
    listeners.push(controlListener);
    const controlEndpoint = `http://127.0.0.1:${controlListener.port}`;
    return { endpoint, controlEndpoint, folder: folder.path, control: new ClusterControl(controlEndpoint), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function secure(security: ClusterSecurity, now: () => number): SimulatedClusterOptions {
  return {
    scheme: 'https',
    createServer: createSecureServer(security),
    authorize: accessCheck(security, now),
    ...(security.entra && { entraMetadata: entraMetadataOf(security.entra) }),
  };
}
