import { createPlainServer, type Listener, listen } from '../listen.ts';
import { allowAll } from './authorize.ts';
import { ClusterControl } from './clusterControl.ts';
import { type ClusterSecurity, type GatewayPort, portsOf } from './clusterSecurity.ts';
import { controlHandler } from './controlServer.ts';
import { entraMetadataOf } from './entraMetadata.ts';
import { FaultRules } from './faultRules.ts';
import { Gateway } from './gateway.ts';
import { ImageStore } from './imageStore.ts';
import { RequestLog } from './requestLog.ts';
import { StoreFolder } from './storeFolder.ts';

/** How to start a simulated cluster. Every option has a default. */
export interface SimulatedClusterOptions {
  /** The gateway's port. 0, the default, for any free port. */
  port?: number | undefined;
  /** The port of the control listener. 0, the default, for any free port. */
  controlPort?: number | undefined;
  /** The folder for the image store's files. By default a temporary folder, removed at the end. */
  folder?: string | undefined;
  /** The expected value of the header `ClusterId`, if a request has one. Not checked by default. */
  clusterId?: string | undefined;
  /** The port for tokens in exclusive authentication mode. 0, the default, for any free port. */
  tokenPort?: number | undefined;
  /** How the cluster is secured; not secured by default. */
  security?: ClusterSecurity | undefined;
  /** The maximum number of requests in the log. */
  logCapacity?: number | undefined;
}

/** A simulated cluster that runs in this process. */
export interface SimulatedCluster {
  /** The HTTP gateway endpoint, such as `http://127.0.0.1:19080`; `https` if it is secured. */
  endpoint: string;
  /** The endpoint for tokens in exclusive authentication mode. */
  tokenEndpoint?: string;
  controlEndpoint: string;
  /** Contains `staging/` and `store/`. */
  folder: string;
  control: ClusterControl;
  /** Stops it at once, with all its connections. */
  close(): Promise<void>;
}

const LOG_CAPACITY = 200_000;

/**
 * Starts a simulated cluster: a gateway that is as strict as a real one, with real chunk files, and its control listener. Both listen on
 * loopback only.
 *
 * @throws NodeJS.ErrnoException, `EADDRINUSE` if a port is in use; nothing is then left running
 */
export async function startSimulatedCluster(options: SimulatedClusterOptions = {}): Promise<SimulatedCluster> {
  const { port = 0, controlPort = 0, clusterId } = options;
  const folder = await StoreFolder.open(options.folder);
  const store = new ImageStore(folder);
  const faults = new FaultRules();
  const log = new RequestLog(options.logCapacity ?? LOG_CAPACITY);
  const { security } = options;
  const entraMetadata = security?.entra && entraMetadataOf(security.entra);
  const gateway = new Gateway(store, faults, log, { clusterId, entraMetadata });
  const scheme = security ? 'https' : 'http';
  const plain = { gateway: { createServer: createPlainServer, authorize: allowAll } };
  const ports: ReturnType<typeof portsOf> = security ? portsOf(security, () => store.clock.now()) : plain;

  const listeners: Listener[] = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await folder.close();
  };
  try {
    const open = async ({ createServer, authorize }: GatewayPort, at: number) => {
      const listener = await listen(
        createServer((request, response) => gateway.handle(request, response, authorize)),
        at,
      );
      listeners.push(listener);
      return { listener, endpoint: `${scheme}://127.0.0.1:${listener.port}` };
    };
    const { listener: gatewayListener, endpoint } = await open(ports.gateway, port);
    const tokenEndpoint = ports.tokens && (await open(ports.tokens, options.tokenPort ?? 0)).endpoint;
    const describe = () => ({
      endpoint,
      clusterId: clusterId ?? null,
      connections: gatewayListener.connections(),
    });
    const handler = controlHandler({ store, folder, faults, log, gateway, describe });
    const controlListener = await listen(createPlainServer(handler), controlPort);
    listeners.push(controlListener);
    const controlEndpoint = `http://127.0.0.1:${controlListener.port}`;
    const control = new ClusterControl(controlEndpoint);
    return { endpoint, ...(tokenEndpoint && { tokenEndpoint }), controlEndpoint, folder: folder.path, control, close };
  } catch (error) {
    await close();
    throw error;
  }
}
