/** How often the event loop is observed, in milliseconds. An answer counts as up to twice as old. */
const INTERVAL_MS = 50;

let users = 0;
let timer: NodeJS.Timeout | undefined;
/** The last two times that the loop was running, by `performance.now()`. */
let lastMs = 0;
let beforeMs = 0;

/**
 * Watches the event loop while the age of answers matters. A process that was busy, throttled or stopped reads an answer long after
 * it arrived, and would otherwise treat it as new.
 *
 * @returns ends the watch
 */
export function watchEventLoop(): () => void {
  users += 1;
  if (timer === undefined) {
    lastMs = beforeMs = performance.now();
    timer = setInterval(tick, INTERVAL_MS).unref();
  }
  return () => {
    users -= 1;
    if (users > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * The earliest time, by `performance.now()`, at which an answer that is read now can have arrived; without a watch, now.
 *
 * The last tick may have run in the same iteration of the loop, just before the answer was read. So the tick before it counts.
 */
export function arrivedAfterMs(): number {
  return timer === undefined ? performance.now() : beforeMs;
}

function tick(): void {
  beforeMs = lastMs;
  lastMs = performance.now();
}
