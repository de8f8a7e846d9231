import { fabricError, type GatewayAnswer, success } from './gatewayAnswer.ts';
import type { FolderUsage, StoreFolder } from './storeFolder.ts';

/**
 * How the gateway answers `GET /ImageStore/$/Info`: with an object, as the documentation's model says; with an array of one, as
 * its example shows; or not at all, as an older runtime.
 */
export const STORE_INFO_FORMS = ['object', 'arrayOfOne', 'unsupported'] as const;
export type StoreInfoForm = (typeof STORE_INFO_FORMS)[number];

/** What a small cluster's image store disk may hold. */
export const DEFAULT_CAPACITY_BYTES = 64 * 1_073_741_824;

/**
 * The image store's disk, and what takes its space: the staged chunks and the committed files that really are in the folder.
 *
 * @param capacityBytes - of the simulated disk
 * @see Service Fabric REST API 6.5, "Get Image Store Info"
 */
export async function describeStore(
  folder: StoreFolder,
  form: StoreInfoForm,
  capacityBytes: number,
): Promise<GatewayAnswer> {
  if (form === 'unsupported') return fabricError('E_INVALIDARG');
  const { staging, store } = await folder.usage();
  const nothing = { bytes: 0, files: 0 };
  const info = {
    DiskInfo: {
      Capacity: String(capacityBytes),
      AvailableSpace: String(Math.max(0, capacityBytes - staging.bytes - store.bytes)),
    },
    UsedByMetadata: describeUse(nothing),
    UsedByStaging: describeUse(staging),
    UsedByCopy: describeUse(store),
    UsedByRegister: describeUse(nothing),
  };
  return success(form === 'arrayOfOne' ? [info] : info);
}

/** 64-bit numbers travel as strings. */
function describeUse({ bytes, files }: FolderUsage): { UsedSpace: string; FileCount: string } {
  return { UsedSpace: String(bytes), FileCount: String(files) };
}
