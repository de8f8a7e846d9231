import * as z from 'zod';

/** Longer than any test waits. */
const MAX_LATENCY_MS = 600_000;

/** A fault of the endpoint: another answer, a broken connection, or no answer at all. */
const identityFault = z
  .strictObject({
    answer: z
      .strictObject({
        status: z.int().min(200).max(599),
        /** As it is: broken JSON, a proxy's page. Undefined: an error in the endpoint's own form. */
        body: z.string().max(1_000_000).optional(),
        contentType: z.string().max(200).optional(),
        headers: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
    connection: z.enum(['break', 'deaf']).optional(),
    /** How often; undefined: until it is changed. */
    times: z.int().min(1).optional(),
  })
  .refine(({ answer, connection }) => (answer === undefined) !== (connection === undefined), {
    error: 'says what to do: either answer or connection',
  });
export type IdentityFault = z.output<typeof identityFault>;

const behaviour = z.strictObject({
  /** Waited before anything else is done. */
  latencyMs: z.number().min(0).max(MAX_LATENCY_MS),
  /** Of the tokens issued from now on; negative: expired already, though the answer beside the token doesn't say so. */
  lifetimeSeconds: z.int().min(-1_000_000).max(1_000_000),
  /** The roles that the identities have on the cluster application. */
  roles: z.array(z.string().min(1)),
  /** Whom tokens say that they are meant for, whatever was asked for; null: what was asked for. */
  audience: z.string().min(1).nullable(),
  /** Whether a stranger's key signs them. */
  forged: z.boolean(),
  /** Whether the same token is given until it expires, as App Service's endpoint does for about a day. */
  keepsTokens: z.boolean(),
  /** null: none. */
  fault: identityFault.nullable(),
});
export type Behaviour = z.output<typeof behaviour>;

/** How the endpoint behaves from now on. What is not said stays as it is. */
export const behaviourChange = behaviour.partial();
export type BehaviourChange = z.infer<typeof behaviourChange>;

/** What the endpoint was asked, and how often it gave a token. No token is in it. */
export interface IdentityStatus {
  /** All requests, whatever became of them. */
  requests: number;
  /** Answers that held a token. */
  tokens: number;
  /** What the last requests asked for, the oldest first. */
  asked: { resource: string; clientId: string | null }[];
  behaviour: Behaviour;
}
