import { randomUUID } from 'node:crypto';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import { type CredentialsInWords, errorFromAnswer, unexpectedAnswer } from './answerError.ts';
import { CallDeadline, CallEndedError } from './callDeadline.ts';
import { METADATA_TARGET, readMetadataScope } from './entraScope.ts';
import { type EntraOptions, EntraTokenError, EntraTokens } from './entraTokens.ts';
import { type GatewayRequest, headersOf } from './gatewayCall.ts';
import type { Gateways, Sender, SentAnswer } from './gateways.ts';
import { ended } from './unanswered.ts';

/** How to get tokens that the cluster takes. */
export interface EntraAccess extends EntraOptions {
  /** Ends with `/.default`. None: the cluster is asked for it, once. */
  scope?: string;
}

const METADATA_DEADLINE_MS = 30_000;

/** A cluster's gateways that want a token with each request. */
export class EntraGateways implements Sender {
  readonly #gateways: Gateways;
  readonly #tokens: EntraTokens;
  readonly #clusterId: string | undefined;
  #scope: Promise<string> | undefined;

  constructor(gateways: Gateways, access: EntraAccess, clusterId: string | undefined) {
    this.#gateways = gateways;
    this.#clusterId = clusterId;
    if (access.scope !== undefined) this.#scope = Promise.resolve(access.scope);
    this.#tokens = new EntraTokens(() => this.#findScope(), access);
  }

  /** As `Gateways.send`; with another token when the first was refused. */
  async send(request: GatewayRequest, deadline: CallDeadline, requestId: string): Promise<SentAnswer> {
    const token = await deadline.race(this.#tokens.get()).catch(toFabricRequestError);
    const sent = await this.#gateways.send(withToken(request, token), deadline, requestId);
    const { status } = sent.answer;
    if (deadline.ended || (status !== 401 && status !== 403)) return sent;
    const renewed = await this.#renew(token, deadline);
    return renewed === token ? sent : this.#gateways.send(withToken(request, renewed), deadline, requestId);
  }

  close(): void {
    this.#gateways.close();
  }

  /** The same token when there is no other: then the cluster's refusal stands. */
  async #renew(refused: string, deadline: CallDeadline): Promise<string> {
    try {
      return await deadline.race(this.#tokens.renew(refused));
    } catch (error) {
      if (error instanceof EntraTokenError) return refused;
      throw error;
    }
  }

  /** Asks the cluster for its application; one that failed to answer is asked again for the next token. */
  #findScope(): Promise<string> {
    this.#scope ??= this.#askScope().catch((error: unknown) => {
      this.#scope = undefined;
      throw error;
    });
    return this.#scope;
  }

  async #askScope(): Promise<string> {
    const requestId = randomUUID();
    // A deadline of its own: many calls wait for this one answer, and must not lose it with the first that gives up.
    const deadline = new CallDeadline(METADATA_DEADLINE_MS, undefined);
    const request: GatewayRequest = {
      method: 'GET',
      target: METADATA_TARGET,
      headers: headersOf(requestId, this.#clusterId),
    };
    try {
      const { answer, host } = await this.#gateways.send(request, deadline, requestId);
      const facts = { host, requestId, credentials: ANONYMOUS };
      if (answer.status !== 200) throw errorFromAnswer(answer, facts);
      const read = readMetadataScope(answer.body);
      if ('fault' in read) throw unexpectedAnswer(answer, read.fault, facts);
      return read.scope;
    } catch (error) {
      if (error instanceof CallEndedError) throw ended('timedOut', METADATA_DEADLINE_MS, requestId);
      throw error;
    } finally {
      deadline.clear();
    }
  }
}

/** The metadata is for everyone. */
const ANONYMOUS: CredentialsInWords = { name: 'a question for its Entra metadata', lack: 'it should be open to all' };

function withToken(request: GatewayRequest, token: string): GatewayRequest {
  return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
}

function toFabricRequestError(error: unknown): never {
  if (!(error instanceof EntraTokenError)) throw error;
  throw new FabricRequestError(`The cluster was not asked: ${error.message}.`, {
    kind: 'accessDenied',
    retryable: false,
  });
}
