import { fabricError, type GatewayAnswer, success } from './gatewayAnswer.ts';
import type { FolderUsage, StoreFolder } from './storeFolder.ts';

/**
 * How the gateway answers `GET /ImageStore/$/Info`: with an object, as in the documented model; with an array of one, as in the documented
 * example; or with an error, like an older runtime.
 */
export const STORE_INFO_FORMS = ['object', 'arrayOfOne', 'unsupported'] as const;
export type StoreInfoForm = (typeof STORE_INFO_FORMS)[number];

/** A typical disk size of a small cluster. */
export const DEFAULT_CAPACITY_BYTES = 64 * 1_073_741_824;

/**
 * Describes the image store's disk and its usage by the staged chunks and committed files in the folder.
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

/** 64-bit numbers are strings. */
function describeUse({ bytes, files }: FolderUsage): { UsedSpace: string; FileCount: string } {
  return { UsedSpace: String(bytes), FileCount: String(files) };
}
