import { describe, expect, it } from '@jest/globals';
import { parseTimerSchedule } from '../../../src/local/host/timers/timerSchedule.ts';

/** A Sunday, in the machine's time zone, like schedules. */
const SUNDAY = new Date(2026, 10, 22, 19, 0, 0).getTime();

describe('a timer schedule', () => {
  it.each([
    ['0 */5 * * * *', new Date(2026, 10, 22, 19, 5)],
    ['*/5 * * * *', new Date(2026, 10, 22, 19, 5)],
    ['0 0/20 * * * *', new Date(2026, 10, 22, 19, 20)],
    ['0 5/20 * * * *', new Date(2026, 10, 22, 19, 5)],
    ['15,45 * * * * *', new Date(2026, 10, 22, 19, 0, 15)],
    ['0 0 9 * * 1-5', new Date(2026, 10, 23, 9)],
    ['0 0 9 * * Tue', new Date(2026, 10, 24, 9)],
    ['0 0 9 1 january *', new Date(2027, 0, 1, 9)],
    // Unlike in Unix cron, both the day of the month and the day of the week must match.
    ['0 0 9 13 * 5', new Date(2027, 7, 13, 9)],
  ])('%s fires next at %s', (expression, next) => {
    expect(new Date(parseTimerSchedule(expression).next(SUNDAY))).toEqual(next);
  });

  it.each([
    '',
    '0 * * * * * *',
    '* * * *',
    '0 60 * * * *',
    '0 */0 * * * *',
    '0 0 0 L * *',
    '0 0 0 ? * *',
    '0 0 0 * * 7',
    '0 0 0 * * 5#1',
    '0 0 0 * Smarch *',
    '@daily',
  ])('cannot be %p', (expression) => {
    expect(() => parseTimerSchedule(expression)).toThrow(
      `The schedule expression '${expression}' was not recognized as a valid cron expression or timespan string.`,
    );
  });

  it.each([
    ['*/10 * * * * *', true],
    ['0,30 * * * * *', true],
    ['0 * * * * *', false],
    ['* * * * *', false],
    ['*/10 0 * * * *', false],
  ])('%s fires within a minute: %p', (expression, expected) => {
    expect(parseTimerSchedule(expression).firesWithinAMinute).toBe(expected);
  });
});
