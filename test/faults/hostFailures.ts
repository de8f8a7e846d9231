import { PROXY_TOKEN } from './clusterFaults.ts';
import type { RoundFacts } from './facts.ts';

/**
 * Signs of an error of the app in the host's log. A worker that was stopped exits with code 0, even if it aborts invocations that
 * did not end in time.
 */
const SIGNS = /unhandled|uncaught|Worker Process exited|unable to load entry point|node exited with (?!code 0)/i;

/** Finds hosts and workers that ended unexpectedly, and unhandled rejections. */
export function hostFailures({ hosts, phases }: RoundFacts): string[] {
  const unfinished = phases.flatMap((phase) => phase.unfinishedHosts.map((name) => `${name}: a sweep did not end.`));
  const signs = hosts.flatMap(({ name, output, ended }) => [
    ...(ended === 'unexpectedly' ? [`${name} ended unexpectedly: ${output.split('\n').slice(-3).join(' / ')}`] : []),
    ...output
      .split('\n')
      .filter((line) => SIGNS.test(line))
      .map((line) => `${name} printed: ${line}`),
  ]);
  return [...unfinished, ...signs];
}

/** Finds answers without a JSON body. */
export function emptyAnswers({ phases }: RoundFacts): string[] {
  const calls = phases.flatMap((phase) => phase.calls);
  return calls.flatMap(({ sessionId, answer }) => {
    if (!answer || (/^application\/(problem\+)?json/.test(answer.contentType) && answer.body !== '')) return [];
    return [`The deletion of ${sessionId} was answered ${answer.status} (${answer.contentType || 'no content type'}).`];
  });
}

/** Finds secrets in the output: logs, answers and tables. */
export function leakedSecrets({ hosts, phases, texts, secrets }: RoundFacts): string[] {
  const answers = phases.flatMap(({ calls }) => calls.map(({ answer }) => answer?.body ?? ''));
  const places: [string, string][] = [
    ...hosts.map(({ name, output }): [string, string] => [name, output]),
    ['an HTTP answer', answers.join('\n')],
    ['a table', texts.join('\n')],
  ];
  return [...secrets, PROXY_TOKEN].flatMap((secret) =>
    places.filter(([, text]) => text.includes(secret)).map(([place]) => `${place} contains ${secret.slice(0, 6)}…`),
  );
}
