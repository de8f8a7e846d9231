import * as v from 'valibot';

/** Longer than any test waits. */
const MAX_LATENCY_MS = 600_000;

const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** A fault of the endpoint: another answer, a broken connection, or no answer at all. */
const identityFault = v.pipe(
  v.strictObject({
    answer: v.optional(
      v.strictObject({
        status: wholeNumber(200, 599),
        /** The body, such as broken JSON or a proxy's page; by default an error in the endpoint's own form. */
        body: v.optional(v.pipe(v.string(), v.maxLength(1_000_000))),
        contentType: v.optional(v.pipe(v.string(), v.maxLength(200))),
        headers: v.optional(v.record(v.string(), v.string())),
      }),
    ),
    connection: v.optional(v.picklist(['break', 'noAnswer'])),
    /** The number of requests that it applies to; by default all until it is changed. */
    times: v.optional(wholeNumber(1)),
  }),
  v.check(
    ({ answer, connection }) => (answer === undefined) !== (connection === undefined),
    'must have either answer or connection',
  ),
);
export type IdentityFault = v.InferOutput<typeof identityFault>;

const behaviour = v.strictObject({
  /** The wait before each answer. */
  latencyMs: v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_LATENCY_MS)),
  /** Of tokens issued from now on; negative for tokens that have expired although the answer says otherwise. */
  lifetimeSeconds: wholeNumber(-1_000_000, 1_000_000),
  /** The roles that the identities have on the cluster application. */
  roles: v.array(v.pipe(v.string(), v.nonEmpty())),
  /** The audience of tokens; null for the requested resource. */
  audience: v.nullable(v.pipe(v.string(), v.nonEmpty())),
  /** Whether tokens are signed with another key than the tenant's. */
  forged: v.boolean(),
  /** Whether the same token is returned until it expires, as App Service's endpoint does for about a day. */
  keepsTokens: v.boolean(),
  /** null for no fault. */
  fault: v.nullable(identityFault),
});
export type Behaviour = v.InferOutput<typeof behaviour>;

/** Changes how the endpoint behaves. Members that are left out stay unchanged. */
export const behaviourChange = v.partial(behaviour);
export type BehaviourChange = v.InferOutput<typeof behaviourChange>;

/** The requests to the endpoint. It contains no token. */
export interface IdentityStatus {
  /** The number of all requests, including rejected ones. */
  requests: number;
  /** The number of answers with a token. */
  tokens: number;
  /** The first well-formed requests, the oldest first. */
  asked: { resource: string; clientId: string | null }[];
  behaviour: Behaviour;
}
