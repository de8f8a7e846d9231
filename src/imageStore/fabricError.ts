import { cutText } from '../cleanup/model/cutText.ts';
import type { GatewayAnswer } from './gatewayAnswer.ts';

/** The content of an error body. */
export interface FabricError {
  code: string;
  /** `undefined` if the cluster sent none. */
  message?: string;
}

/** FabricErrorCodes are identifiers; anything else was not written by a cluster. */
const FABRIC_ERROR_CODE = /^\w{1,100}$/;

const LONGEST_MESSAGE = 300;

/** Reads `{"Error":{"Code":"…","Message":"…"}}`; `undefined` for everything else, such as a proxy's page. */
export function readFabricError({ body }: GatewayAnswer): FabricError | undefined {
  if (!body.startsWith('{')) return undefined;
  let parsed: { Error?: { Code?: unknown; Message?: unknown } | null };
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { Code: code, Message: message } = parsed.Error ?? {};
  if (typeof code !== 'string' || !FABRIC_ERROR_CODE.test(code)) return undefined;
  if (typeof message !== 'string' || message === '' || message === 'Null') return { code };
  return { code, message: cutText(message, LONGEST_MESSAGE) };
}
