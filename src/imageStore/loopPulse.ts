/** How often the event loop is seen alive, in milliseconds. What is read is taken for up to twice as old. */
const PULSE_MS = 50;

let users = 0;
let timer: NodeJS.Timeout | undefined;
/** When the loop was last seen alive, and when before that; by `performance.now()`. */
let lastMs = 0;
let beforeMs = 0;

/**
 * Watches the event loop while answers matter by their age. A process that was busy, throttled or stopped reads late what had arrived
 * long before, and would take an old answer for a new one.
 *
 * @returns ends the watch
 */
export function watchLoop(): () => void {
  users += 1;
  if (timer === undefined) {
    lastMs = beforeMs = performance.now();
    timer = setInterval(beat, PULSE_MS).unref();
  }
  return () => {
    users -= 1;
    if (users > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * The earliest moment, by `performance.now()`, at which what is read now can have arrived; without a watch, now.
 *
 * A beat may have come just before what waited for it, in the same turn of the loop. So the beat before that one counts.
 */
export function arrivedAfterMs(): number {
  return timer === undefined ? performance.now() : beforeMs;
}

function beat(): void {
  beforeMs = lastMs;
  lastMs = performance.now();
}
