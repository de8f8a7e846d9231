import * as z from 'zod';

/** Longer than any test waits. */
const MAX_LATENCY_MS = 600_000;

/** A fault of the endpoint: another answer, a broken connection, or no answer at all. */
const identityFault = z
  .strictObject({
    answer: z
      .strictObject({
        status: z.int().min(200).max(599),
        /** The body, such as broken JSON or a proxy's page; by default an error in the endpoint's own form. */
        body: z.string().max(1_000_000).optional(),
        contentType: z.string().max(200).optional(),
        headers: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
    connection: z.enum(['break', 'deaf']).optional(),
    /** How often; by default until it is changed. */
    times: z.int().min(1).optional(),
  })
  .refine(({ answer, connection }) => (answer === undefined) !== (connection === undefined), {
    error: 'must have either answer or connection',
  });
export type IdentityFault = z.output<typeof identityFault>;

const behaviour = z.strictObject({
  /** The wait before each answer. */
  latencyMs: z.number().min(0).max(MAX_LATENCY_MS),
  /** Of tokens issued from now on; negative for tokens that have expired although the answer says otherwise. */
  lifetimeSeconds: z.int().min(-1_000_000).max(1_000_000),
  /** The roles that the identities have on the cluster application. */
  roles: z.array(z.string().min(1)),
  /** The audience of tokens; null for the requested resource. */
  audience: z.string().min(1).nullable(),
  /** Whether tokens are signed with another key than the tenant's. */
  forged: z.boolean(),
  /** Whether the same token is returned until it expires, as App Service's endpoint does for about a day. */
  keepsTokens: z.boolean(),
  /** null for no fault. */
  fault: identityFault.nullable(),
});
export type Behaviour = z.output<typeof behaviour>;

/** Changes how the endpoint behaves. Members that are left out stay unchanged. */
export const behaviourChange = behaviour.partial();
export type BehaviourChange = z.infer<typeof behaviourChange>;

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
