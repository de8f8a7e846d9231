import type { StoreUsage } from '../cleanup/model/storeUsage.ts';
import { fieldsOf, readInteger } from './uploadSessionAnswer.ts';

/**
 * Reads the answer to "Get Image Store Info".
 *
 * @param body - an object, as in the documented model, or an array with one, as in the documented example
 * @returns `undefined` if the answer has another form, or more space is free than there is
 * @see Service Fabric REST API 6.5, "Get Image Store Info"
 */
export function readStoreUsage(body: string): StoreUsage | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const info = fieldsOf(Array.isArray(parsed) && parsed.length === 1 ? parsed[0] : parsed);
  const [disk, staging] = [fieldsOf(info['DiskInfo']), fieldsOf(info['UsedByStaging'])];
  const stagedBytes = readInteger(staging['UsedSpace']);
  const stagedFiles = readInteger(staging['FileCount']);
  const capacityBytes = readInteger(disk['Capacity']);
  const availableBytes = readInteger(disk['AvailableSpace']);
  if (stagedBytes === undefined || stagedFiles === undefined) return undefined;
  if (capacityBytes === undefined || availableBytes === undefined) return undefined;
  if (availableBytes > capacityBytes) return undefined;
  return { stagedBytes, stagedFiles, capacityBytes, availableBytes };
}
