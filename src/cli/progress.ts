import { MultiBar } from 'cli-progress';
import { counted, numberInWords, spanInWords } from '../wire/words.ts';
import { wrapTo } from './layout.ts';
import type { Output } from './output.ts';
import { plainText } from './plainText.ts';
import { recentRate } from './recentRate.ts';

/** Shows the progress of long work on standard error. */
export interface Progress {
  /** Adds to the number of items that are done. */
  count(done: number): void;
  /** Shows a message. */
  say(message: string): void;
  end(): void;
}

/** The work whose progress is shown. */
export interface Work {
  /** Such as `session`. */
  noun: string;
  /** `undefined` if it is not known how many there are. */
  total: number | undefined;
}

/** Shows a bar with rate and time left on a terminal, and elsewhere a line from time to time. */
export function startProgress(err: Output, work: Work): Progress {
  return err.isTerminal ? startBar(err, work) : startLines(err, work);
}

/** Shows only the messages. */
export function noProgress(err: Output): Progress {
  return { count: () => {}, say: (message) => err.paragraph(message), end: () => {} };
}

const LONGEST_BAR = 30;

function startBar(err: Output, work: Work): Progress {
  const { total } = work;
  const rate = recentRate(() => performance.now());
  let done = 0;
  const text = () => {
    const facts = factsOf(done, work, rate.perSecond());
    const bar = total ? `${drawBar(done / total, Math.min(LONGEST_BAR, err.columns - facts.length - 12))}  ` : '';
    return `${bar}${facts}`.slice(0, err.columns - 1);
  };
  const bars = new MultiBar({
    format: text,
    stream: process.stderr,
    gracefulExit: false,
    hideCursor: null,
    // No line is too long, and a terminal that was set not to wrap would stay so after a second Ctrl-C.
    linewrap: true,
    clearOnComplete: true,
    fps: 8,
  });
  bars.create(total ?? 0, 0);
  return {
    count(more) {
      done += more;
      rate.add(more);
    },
    say: (message) => bars.log(`${wrapTo(plainText(message), err.columns).join('\n')}\n`),
    end() {
      // The last message is written with the last update.
      bars.update();
      bars.stop();
    },
  };
}

function factsOf(done: number, { noun, total }: Work, perSecond: number): string {
  const share = total === undefined ? counted(done, noun) : `${numberInWords(done)}/${counted(total, noun)}`;
  const left = total !== undefined && perSecond > 0 ? `  ${spanInWords(((total - done) / perSecond) * 1000)} left` : '';
  return `${share}  ${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s${left}`;
}

function drawBar(share: number, width: number): string {
  if (width < 5) return '';
  const full = Math.min(width, Math.round(share * width));
  return `[${'='.repeat(full)}${' '.repeat(width - full)}] ${String(Math.min(100, Math.floor(share * 100))).padStart(3)}%`;
}

const FIRST_LINE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

function startLines(err: Output, { noun, total }: Work): Progress {
  const startedMs = performance.now();
  let done = 0;
  let pauseMs = FIRST_LINE_MS;
  const report = () => {
    const of = total === undefined ? '' : ` of ${numberInWords(total)}`;
    err.line(`${counted(done, noun)}${of} done after ${spanInWords(performance.now() - startedMs)}`);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    timer = setTimeout(report, pauseMs).unref();
  };
  let timer = setTimeout(report, pauseMs).unref();
  return {
    count(more) {
      done += more;
    },
    say: (message) => err.paragraph(message),
    end: () => clearTimeout(timer),
  };
}
