import type { InferOutput } from 'valibot';
import type { FaultRule, faultRuleSchema } from './faultRule.ts';
import type { Operation } from './gatewayUrl.ts';
import { seededRandom } from './seededRandom.ts';

type Rule = InferOutput<typeof faultRuleSchema>;

/** An active rule. */
export interface ActiveFaultRule {
  id: number;
  rule: FaultRule;
  /** How often it was applied. */
  timesApplied: number;
}

/** The ordered list of fault rules, and the choice among them. */
export class FaultRules {
  #rules: { id: number; rule: Rule; timesApplied: number; random: () => number }[] = [];
  #lastId = 0;
  #seed = 1;

  /** Replaces all rules. Each has its own random numbers, so that a rule's choices don't depend on the other rules. */
  replace(rules: readonly Rule[], seed = this.#seed): void {
    this.#rules = [];
    this.#seed = seed;
    for (const rule of rules) this.add(rule);
  }

  /** Adds a rule at the end. */
  add(rule: Rule): number {
    this.#lastId += 1;
    const random = seededRandom(this.#seed + this.#rules.length);
    this.#rules.push({ id: this.#lastId, rule, timesApplied: 0, random });
    return this.#lastId;
  }

  remove(id: number): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((active) => active.id !== id);
    return this.#rules.length < before;
  }

  list(): ActiveFaultRule[] {
    return this.#rules.map(({ id, rule, timesApplied }) => ({ id, rule, timesApplied }));
  }

  /**
   * Chooses the rule for a request and counts it.
   *
   * @param sessionId - in lower case
   */
  match(operation: Operation, sessionId: string | undefined): { id: number; rule: Rule } | undefined {
    for (const active of this.#rules) {
      const { rule } = active;
      if (rule.times !== undefined && active.timesApplied >= rule.times) continue;
      if (rule.operation !== undefined && ![rule.operation].flat().includes(operation)) continue;
      if (rule.sessionId !== undefined && rule.sessionId !== sessionId) continue;
      if (rule.probability !== undefined && active.random() >= rule.probability) continue;
      active.timesApplied += 1;
      return active;
    }
    return undefined;
  }
}
