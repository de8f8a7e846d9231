import * as v from 'valibot';
import { OPERATIONS } from './gatewayUrl.ts';

/** How a connection breaks. */
const connectionFault = v.picklist([
  'breakBeforeAnswer',
  'breakInHead',
  'breakInBody',
  'breakAfterAnswer',
  /** The request is read and never answered; the connection stays open. */
  'noAnswer',
]);
export type ConnectionFault = v.InferOutput<typeof connectionFault>;

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

const textOf = (most: number) => v.pipe(v.string(), v.maxLength(most));
const headerValue = v.pipe(v.string(), v.regex(HEADER_VALUE));
const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const scriptedAnswer = v.strictObject({
  status: wholeNumber(200, 599),
  /** With a code the body is a FabricError; without code and body it is empty. */
  code: v.optional(v.pipe(textOf(200), v.nonEmpty())),
  message: v.optional(textOf(1_000_000)),
  /** The body, such as a proxy's page or broken JSON. */
  body: v.optional(textOf(10_000_000)),
  contentType: v.optional(v.pipe(headerValue, v.maxLength(200))),
  /** More headers, such as `Retry-After`, and `Location` for a redirect. */
  headers: v.optional(v.record(v.pipe(v.string(), v.regex(HEADER_NAME)), headerValue)),
  /** The body is padded with spaces to this number of bytes, for answers that are too long. */
  padToBytes: v.optional(wholeNumber(0, 2_000_000_000)),
});
export type ScriptedAnswer = v.InferOutput<typeof scriptedAnswer>;

/** Longer than any test waits. */
const MAX_LATENCY_MS = 600_000;

/**
 * When and how the gateway fails. Only the first matching rule of the list is applied.
 *
 * `applied` says whether the operation is carried out before the fault, such as a delete that is answered with 504. Without `answer`, the
 * answer that breaks is the operation's own if it was carried out, and otherwise an empty 200. With latency alone, the operation is
 * carried out and answered.
 */
export const faultRuleSchema = v.pipe(
  v.strictObject({
    /** A name for people. */
    name: v.optional(textOf(200)),
    /** The operations; all by default. */
    operation: v.optional(v.union([v.picklist(OPERATIONS), v.pipe(v.array(v.picklist(OPERATIONS)), v.nonEmpty())])),
    /** In upper or lower case; by default all sessions, and requests without one. */
    sessionId: v.optional(v.pipe(v.string(), v.toLowerCase())),
    /** How often the rule is applied; unlimited by default. */
    times: v.optional(wholeNumber(1)),
    /** The share of matching requests that the rule is applied to. The others go to the next rule. */
    probability: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    /** The wait before anything else. */
    latencyMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_LATENCY_MS))),
    answer: v.optional(scriptedAnswer),
    connection: v.optional(connectionFault),
    applied: v.optional(v.boolean()),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? errorIn(dataset.value) : undefined;
    if (message !== undefined) addIssue({ message });
  }),
);
export type FaultRule = v.InferInput<typeof faultRuleSchema>;

export const faultRulesSchema = v.strictObject({
  rules: v.pipe(v.array(faultRuleSchema), v.maxLength(10_000)),
  /** Of the random numbers for `probability`. The same seed makes the same choices. */
  seed: v.optional(wholeNumber(0, 0xffff_ffff)),
});

type Rule = v.InferOutput<typeof faultRuleSchema>;

function errorIn(rule: Rule): string | undefined {
  const { answer, connection, applied, latencyMs } = rule;
  if (!answer && !connection && latencyMs === undefined) return 'has no effect: set latencyMs, answer or connection';
  if (!answer && !connection && applied === false)
    return 'with latency alone the operation is carried out: applied can only be true';
  if (answer && (connection === 'noAnswer' || connection === 'breakBeforeAnswer')) {
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
