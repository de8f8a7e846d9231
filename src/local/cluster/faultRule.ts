import * as z from 'zod';
import { OPERATIONS } from './gatewayUrl.ts';

/** How a connection ends instead of bringing a whole answer. */
const connectionFault = z.enum([
  'breakBeforeAnswer',
  'breakInHead',
  'breakInBody',
  'breakAfterAnswer',
  /** The request is read and never answered; the connection stays open. */
  'deaf',
]);
export type ConnectionFault = z.infer<typeof connectionFault>;

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

const scriptedAnswer = z.strictObject({
  status: z.int().min(200).max(599),
  /** With a code the body is a FabricError; without code and body it is empty. */
  code: z.string().min(1).max(200).optional(),
  message: z.string().max(1_000_000).optional(),
  /** The body as it is: a proxy's page, broken JSON. */
  body: z.string().max(10_000_000).optional(),
  contentType: z.string().regex(HEADER_VALUE).max(200).optional(),
  /** More headers, such as `Retry-After`, and `Location` for a redirect. */
  headers: z.record(z.string().regex(HEADER_NAME), z.string().regex(HEADER_VALUE)).optional(),
  /** Blanks are added to the body until it has this many bytes: an answer that is too long to read. */
  padToBytes: z.int().min(0).max(2_000_000_000).optional(),
});
export type ScriptedAnswer = z.infer<typeof scriptedAnswer>;

/** Longer than any test waits. */
const MAX_LATENCY_MS = 600_000;

/**
 * When and how the gateway fails. The first rule of the list that matches decides, and no other.
 *
 * `applied` says whether the operation's work is really done before the fault shows: a 504 after a delete that
 * happened. Without `answer` the operation's own answer is the one that breaks, if its work is done, and an empty 200
 * if not. Latency alone is not a fault in this sense: the work is done and answered.
 */
export const faultRuleSchema = z
  .strictObject({
    /** For people. */
    name: z.string().max(200).optional(),
    /** Which operations; undefined: all. */
    operation: z.union([z.enum(OPERATIONS), z.array(z.enum(OPERATIONS)).min(1)]).optional(),
    /** In any case; undefined: all sessions, and requests without one. */
    sessionId: z.string().toLowerCase().optional(),
    /** How often the rule acts before it no longer matches; undefined: without end. */
    times: z.int().min(1).optional(),
    /** The share of matching requests that the rule acts on; those that it spares go to the next rule. */
    probability: z.number().min(0).max(1).optional(),
    /** Waited before anything else is done. */
    latencyMs: z.number().min(0).max(MAX_LATENCY_MS).optional(),
    answer: scriptedAnswer.optional(),
    connection: connectionFault.optional(),
    applied: z.boolean().optional(),
  })
  .check((context) => {
    const fault = faultIn(context.value);
    if (fault) context.issues.push({ code: 'custom', message: fault, input: context.value });
  });
export type FaultRule = z.input<typeof faultRuleSchema>;

export const faultRulesSchema = z.strictObject({
  rules: z.array(faultRuleSchema).max(10_000),
  /** Of the random numbers that `probability` is held against: the same seed, the same choices. */
  seed: z.int().min(0).max(0xffff_ffff).optional(),
});

type Rule = z.output<typeof faultRuleSchema>;

function faultIn(rule: Rule): string | undefined {
  const { answer, connection, applied, latencyMs } = rule;
  if (!answer && !connection && latencyMs === undefined) return 'says no effect: give latencyMs, answer or connection';
  if (!answer && !connection && applied === false)
    return 'latency alone lets the work happen: applied can only be true';
  if (answer && (connection === 'deaf' || connection === 'breakBeforeAnswer')) {
    return `the answer would never be sent: connection is ${connection}`;
  }
  if (connection === 'breakAfterAnswer' && !answer && applied !== true) {
    return 'breakAfterAnswer needs an answer to send: give one, or applied: true';
  }
  return undefined;
}

/** Whether the operation's work is done under this rule. */
export function isApplied(rule: Rule): boolean {
  return rule.applied ?? (rule.answer === undefined && rule.connection === undefined);
}
