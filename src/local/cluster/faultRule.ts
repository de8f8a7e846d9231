import * as z from 'zod';
import { OPERATIONS } from './gatewayUrl.ts';

/** How a connection breaks. */
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
  /** The body, such as a proxy's page or broken JSON. */
  body: z.string().max(10_000_000).optional(),
  contentType: z.string().regex(HEADER_VALUE).max(200).optional(),
  /** More headers, such as `Retry-After`, and `Location` for a redirect. */
  headers: z.record(z.string().regex(HEADER_NAME), z.string().regex(HEADER_VALUE)).optional(),
  /** The body is padded with blanks to this number of bytes, for answers that are too long. */
  padToBytes: z.int().min(0).max(2_000_000_000).optional(),
});
export type ScriptedAnswer = z.infer<typeof scriptedAnswer>;

/** Longer than any test waits. */
const MAX_LATENCY_MS = 600_000;

/**
 * When and how the gateway fails. Only the first matching rule of the list is applied.
 *
 * `applied` says whether the operation is carried out before the fault, such as a delete that is answered with 504. Without `answer`, the
 * answer that breaks is the operation's own if it was carried out, and otherwise an empty 200. With latency alone, the operation is
 * carried out and answered.
 */
export const faultRuleSchema = z
  .strictObject({
    /** A name for people. */
    name: z.string().max(200).optional(),
    /** The operations; all by default. */
    operation: z.union([z.enum(OPERATIONS), z.array(z.enum(OPERATIONS)).min(1)]).optional(),
    /** In upper or lower case; by default all sessions, and requests without one. */
    sessionId: z.string().toLowerCase().optional(),
    /** How often the rule is applied; unlimited by default. */
    times: z.int().min(1).optional(),
    /** The share of matching requests that the rule is applied to. The others go to the next rule. */
    probability: z.number().min(0).max(1).optional(),
    /** The wait before anything else. */
    latencyMs: z.number().min(0).max(MAX_LATENCY_MS).optional(),
    answer: scriptedAnswer.optional(),
    connection: connectionFault.optional(),
    applied: z.boolean().optional(),
  })
  .check((context) => {
    const fault = errorIn(context.value);
    if (fault) context.issues.push({ code: 'custom', message: fault, input: context.value });
  });
export type FaultRule = z.input<typeof faultRuleSchema>;

export const faultRulesSchema = z.strictObject({
  rules: z.array(faultRuleSchema).max(10_000),
  /** Of the random numbers for `probability`. The same seed makes the same choices. */
  seed: z.int().min(0).max(0xffff_ffff).optional(),
});

type Rule = z.output<typeof faultRuleSchema>;

function errorIn(rule: Rule): string | undefined {
  const { answer, connection, applied, latencyMs } = rule;
  if (!answer && !connection && latencyMs === undefined) return 'has no effect: set latencyMs, answer or connection';
  if (!answer && !connection && applied === false)
    return 'with latency alone the operation is carried out: applied can only be true';
  if (answer && (connection === 'deaf' || connection === 'breakBeforeAnswer')) {
    return `the answer would never be sent: connection is ${connection}`;
  }
  if (connection === 'breakAfterAnswer' && !answer && applied !== true) {
    return 'breakAfterAnswer needs an answer to send: set answer, or applied: true';
  }
  return undefined;
}

/** Whether the operation is carried out under this rule. */
export function isApplied(rule: Rule): boolean {
  return rule.applied ?? (rule.answer === undefined && rule.connection === undefined);
}
