import type { Call, CallResult } from '../call.ts';
import { toDotnetDate } from '../dotnetDate.ts';
import { checkPastDue, type ScheduleMonitor, type ScheduleStatus, toJson } from './scheduleMonitor.ts';
import type { TimerSchedule } from './timerSchedule.ts';

/** The longest wait of setTimeout; longer waits are split. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export interface TimerClockOptions {
  schedule: TimerSchedule;
  /** `undefined` to neither keep the status nor pass it to the function. */
  monitor: ScheduleMonitor | undefined;
  run(call: Call): Promise<CallResult>;
  /** Called if the status could not be written. It is written again after the next run. */
  onStatusLost(error: unknown): void;
}

/**
 * Fires a timer at its times, one run after the other. A run that takes longer than the interval is followed by one run at once, even if
 * several occurrences passed.
 *
 * @see azure-webjobs-sdk-extensions, TimerListener.cs
 */
export class TimerClock {
  readonly #options: TimerClockOptions;
  #status: ScheduleStatus;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: TimerClockOptions) {
    this.#options = options;
    this.#status = { last: undefined, next: options.schedule.next(Date.now()), lastUpdated: undefined };
  }

  /** @throws errors of the storage; the clock then does not run */
  async start(): Promise<void> {
    const { monitor, schedule } = this.#options;
    if (!monitor) return this.#wait();
    const { status, pastDue } = await checkPastDue(monitor, schedule, Date.now());
    this.#status = status;
    if (pastDue) this.#fire(true);
    else this.#wait();
  }

  /** Stops firing, and resolves when the run in progress has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #wait(): void {
    if (this.#stopped) return;
    const waitMs = this.#status.next - Date.now();
    this.#timer = setTimeout(
      () => (waitMs > LONGEST_WAIT_MS ? this.#wait() : this.#fire(false)),
      Math.min(Math.max(waitMs, 0), LONGEST_WAIT_MS),
    );
  }

  #fire(isPastDue: boolean): void {
    if (!this.#stopped) this.#running = this.#run(isPastDue).finally(() => this.#wait());
  }

  async #run(isPastDue: boolean): Promise<void> {
    const firedAt = Date.now();
    const missed = { UnscheduledInvocationReason: 'IsPastDue', OriginalSchedule: toDotnetDate(this.#status.next) };
    const value = timerValue(this.#options.monitor ? this.#status : undefined, isPastDue);
    await this.#options.run({
      reason: `Timer fired at ${toDotnetDate(firedAt)}`,
      ...(isPastDue && { details: missed }),
      input: async () => value,
    });
    // A timer may fire a little early. The next occurrence is counted from the scheduled time, so that it does not fire twice.
    const countedFrom = isPastDue ? firedAt : Math.max(firedAt, this.#status.next);
    this.#status = { last: countedFrom, next: this.#options.schedule.next(countedFrom), lastUpdated: countedFrom };
    try {
      await this.#options.monitor?.write(this.#status);
    } catch (error) {
      this.#options.onStatusLost(error);
    }
  }
}

/** The trigger's value in the host's form; the package converts it to camel case. */
export function timerValue(status: ScheduleStatus | undefined, isPastDue: boolean): { json: string } {
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status ? toJson(status) : null,
      IsPastDue: isPastDue,
    }),
  };
}
