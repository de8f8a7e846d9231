import type { LogPort } from '../cleanup/ports.ts';
import { counted, oneLine } from '../wire/words.ts';
import type { Progress } from './progress.ts';

/** So many failures are told one by one; all are recorded. */
const MOST_TOLD = 20;

/** Tells people what the core has to say of single sessions, within bounds. */
export function failureLog(progress: Pick<Progress, 'say'>): LogPort & { end(): void } {
  let told = 0;
  return {
    warn(message, { sessionId, errorMessage, error, recordError }) {
      told += 1;
      if (told > MOST_TOLD) return;
      const why = [sessionId, errorMessage ?? error ?? recordError].filter((one) => typeof one === 'string').join(': ');
      progress.say(oneLine(`${message} ${why}`).slice(0, 1000));
    },
    end() {
      if (told > MOST_TOLD) progress.say(`${counted(told - MOST_TOLD, 'further warning')} left out; see outcomes.`);
    },
  };
}
