import { createPlainServer, type Listener, listen } from '../listen.ts';
import { type Authorize, allowAll } from './authorize.ts';
import { ClusterControl } from './clusterControl.ts';
import { type ClusterSecurity, entraMetadataOf, type GatewayPort, portsOf } from './clusterSecurity.ts';
import { controlHandler } from './controlServer.ts';
import { FaultRules } from './faultRules.ts';
import { type EntraMetadata, Gateway } from './gateway.ts';
import { ImageStore } from './imageStore.ts';
import { RequestLog } from './requestLog.ts';
import { StoreFolder } from './storeFolder.ts';

/** How to start a simulated cluster. Every option has a default. */
export interface SimulatedClusterOptions {
  /** The gateway's port. 0, the default: any that is free. */
  port?: number | undefined;
  /** The control listener's port. 0, the default: any that is free. */
  controlPort?: number | undefined;
  /** Where the image store's files are kept. Undefined: a temporary folder, removed at the end. */
  folder?: string | undefined;
  /** What the header `ClusterId` must say, when there is one. Undefined: it isn't looked at. */
  clusterId?: string | undefined;
  /** The port for tokens, where `security` has one of its own. 0, the default: any that is free. */
  tokenPort?: number | undefined;
  /** How the cluster is secured; undefined: it isn't. */
  security?: ClusterSecurity | undefined;
  entraMetadata?: EntraMetadata | undefined;
  /** How many requests the log keeps. */
  logCapacity?: number | undefined;
  /** The gateway's access check, in place of `security`. */
  authorize?: Authorize | undefined;
}

/** A simulated cluster that runs in this process. */
export interface SimulatedCluster {
  /** The HTTP gateway endpoint, such as `http://127.0.0.1:19080`; `https` when it is secured. */
  endpoint: string;
  /** Where tokens are accepted, in exclusive authentication mode. */
  tokenEndpoint?: string;
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
  const { security, authorize = allowAll } = options;
  const entraMetadata = options.entraMetadata ?? (security?.entra && entraMetadataOf(security.entra));
  const gateway = new Gateway(store, faults, log, { clusterId, entraMetadata });
  const scheme = security ? 'https' : 'http';
  const plain = { gateway: { createServer: createPlainServer, authorize } };
  const ports: ReturnType<typeof portsOf> = security ? portsOf(security, () => store.clock.now()) : plain;

  const listeners: Listener[] = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await folder.close();
  };
  try {
    const open = async ({ createServer, authorize: check }: GatewayPort, at: number) => {
      const listener = await listen(
        createServer((request, response) => gateway.handle(request, response, check)),
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
