import { once } from 'node:events';
import { createServer } from 'node:net';

/** The preferred loopback port if it is free, otherwise 0, which means any free port. */
export async function freePort(preferred: number): Promise<number> {
  const probe = createServer();
  try {
    probe.listen(preferred, '127.0.0.1');
    await once(probe, 'listening');
    return preferred;
  } catch {
    return 0;
  } finally {
    probe.close();
  }
}
