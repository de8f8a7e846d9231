import type { ContainerClient } from '@azure/storage-blob';
import type { HostFunction } from '../hostFunction.ts';
import { openHostContainer } from '../storage/hostStorage.ts';
import { SingletonListener } from '../storage/singletonListener.ts';
import type { Listener, TriggerHost } from '../triggers.ts';
import { createScheduleMonitor } from './scheduleMonitor.ts';
import { TimerClock, timerValue } from './timerClock.ts';
import { parseTimerSchedule } from './timerSchedule.ts';

/** The timer trigger: scheduled runs, of which at most one at a time runs on all hosts, and runs on request, which can overlap. */
export function timerTrigger(fn: HostFunction, host: TriggerHost): Listener {
  const { schedule: expression, runOnStartup, useMonitor } = fn.trigger as Record<string, unknown>;
  if (runOnStartup === true || useMonitor === false) {
    throw new Error('The local functions host supports neither runOnStartup nor useMonitor: false.');
  }
  const resolved = resolveIn(fn.name, String(expression ?? ''), host);
  const schedule = parseTimerSchedule(resolved);
  const monitored = !schedule.firesWithinAMinute;
  const openContainer = () => openHostContainer(host.settings);
  const monitorIn = (container: ContainerClient) => createScheduleMonitor(container, host.hostId, fn.name);

  let clock: TimerClock | undefined;
  const lockId = `${host.hostId}/Host.Functions.${fn.name}.Listener`;
  const listener = new SingletonListener(
    {
      name: `Functions.${fn.name}`,
      lockId,
      lockPeriodMs: host.hostJson.listenerLockPeriodMs,
      pollingMs: host.hostJson.listenerLockPollingMs,
      log: host.log,
      openContainer,
    },
    {
      async start(container) {
        clock = new TimerClock({
          schedule,
          monitor: monitored ? monitorIn(container) : undefined,
          run: (call) => host.call(fn, call),
          onStatusLost: () =>
            host.log.write(
              'error',
              'Host.Triggers.Timer',
              `Function '${fn.name}' failed to update the timer trigger status.`,
            ),
        });
        await clock.start();
      },
      async stop() {
        await clock?.stop();
      },
    },
  );

  return {
    describe: () => `${fn.name}: timerTrigger ${resolved}`,
    start: () => listener.start(),
    stop: () => listener.stop(),
    async adminInput() {
      const status = monitored ? await monitorIn(await openContainer()).read() : undefined;
      return timerValue(status, false);
    },
  };
}

function resolveIn(name: string, expression: string, host: TriggerHost): string {
  try {
    return host.resolve(expression);
  } catch (error) {
    throw new Error(`Error indexing method 'Functions.${name}'. ${(error as Error).message}`, { cause: error });
  }
}
