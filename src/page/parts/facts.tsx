import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { parseStopReason, STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { CHECK_STATUSES } from '../../health/checkStatus.ts';
import type { DashboardHistory, DashboardStatus } from '../../wire/pageSchemas.ts';
import type { SweepLine } from '../../wire/schemas.ts';
import { agoInWords, bytesInWords, counted, spanInWords, storeInWords } from '../../wire/words.ts';
import { bytesText, resultPieces, TRIGGERS } from '../outcomes.ts';
import { capitalized, countText, joined, soonText } from '../text.ts';
import { NowContext } from './small.tsx';

interface FactsProps {
  status: DashboardStatus;
  history: DashboardHistory | undefined;
}

/** The facts that an operator looks for first. */
export function Facts({ status, history }: FactsProps) {
  const now = useContext(NowContext);
  return (
    <dl class="facts">
      <LastSweep sweep={status.lastSweep} now={now} />
      <NextSweep status={status} now={now} />
      <Oldest sessions={status.sessions} now={now} />
      <Freed history={history} store={status.store} />
      <Parts parts={status.parts} />
    </dl>
  );
}

interface FactProps {
  name: string;
  value: ComponentChildren;
  isBad?: boolean;
  children: ComponentChildren;
}

function Fact({ name, value, isBad = false, children }: FactProps) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd class={isBad ? 'value bad' : 'value'}>{value}</dd>
      <dd>{children}</dd>
    </div>
  );
}

function LastSweep({ sweep, now }: { sweep: SweepLine | undefined; now: number }) {
  if (!sweep) {
    return (
      <Fact name="Last sweep" value="None yet">
        No sweep of the last 14 days is recorded.
      </Fact>
    );
  }
  return (
    <Fact name="Last sweep" value={agoInWords(sweep.startedAt, new Date(now))}>
      <SweepResult sweep={sweep} />, by {TRIGGERS[sweep.trigger] ?? 'another trigger'}
    </Fact>
  );
}

/** What a sweep did and how it ended, failures first. */
export function SweepResult({ sweep }: { sweep: SweepLine }) {
  const pieces = resultPieces(sweep.outcomes);
  const reason = sweep.stoppedBy === undefined ? undefined : parseStopReason(sweep.stoppedBy);
  const facts = reason && STOP_REASONS[reason];
  return (
    <span class="result">
      {facts && reason !== 'completed' && (
        <>
          <strong class={facts.severity === 'error' ? 'bad' : ''}>{facts.label}</strong>
          {': '}
        </>
      )}
      {!facts && 'Under way: '}
      {pieces.length === 0
        ? reason === 'completed' || !facts
          ? 'no stale session'
          : 'no session was cleaned up'
        : pieces.map(({ text, isBad }, n) => (
            <span key={text} class={isBad ? 'bad' : ''}>
              {n > 0 && ', '}
              {text}
            </span>
          ))}
      {sweep.outcomes.deleted + sweep.outcomes.wouldDelete > 0 && ` (${bytesText(sweep)})`}
    </span>
  );
}

function NextSweep({ status: { schedule, dryRun }, now }: { status: DashboardStatus; now: number }) {
  const { nextAt, isFirst, expression } = schedule;
  const name = isFirst ? 'First sweep' : 'Next sweep';
  if (nextAt === undefined) {
    return (
      <Fact name={name} value="Disabled" isBad>
        The function sweepStaleSessions is disabled.
      </Fact>
    );
  }
  const isDue = new Date(nextAt).getTime() <= now;
  return (
    <Fact
      name={name}
      value={isFirst ? `at ${soonText(nextAt, now)}` : isDue ? 'due now' : agoInWords(nextAt, new Date(now))}
    >
      {isFirst ? 'UTC' : `At ${soonText(nextAt, now)} UTC`}, by the schedule <code>{expression}</code>
      {dryRun && <strong> SWEEP_DRY_RUN: nothing is deleted</strong>}
    </Fact>
  );
}

function Oldest({ sessions, now }: { sessions: DashboardStatus['sessions']; now: number }) {
  if (!sessions) {
    return (
      <Fact name="Oldest stale session" value="Unknown" isBad>
        The table of sessions could not be read.
      </Fact>
    );
  }
  const { oldestStaleAt, stale } = sessions;
  if (oldestStaleAt === undefined) {
    return (
      <Fact name="Oldest stale session" value="None">
        {stale.more ? 'Stale sessions were not counted to the end.' : 'No session is stale.'}
      </Fact>
    );
  }
  const age = spanInWords(now - new Date(oldestStaleAt).getTime());
  return (
    <Fact name="Oldest stale session" value={`${stale.more ? 'at least ' : ''}${age}`}>
      without activity; {countText(stale)} {stale.count === 1 && !stale.more ? 'is' : 'are'} stale
    </Fact>
  );
}

function Freed({ history, store }: { history: DashboardHistory | undefined; store: DashboardStatus['store'] }) {
  const today = history?.days.at(-1);
  if (!today) {
    return (
      <Fact name="Freed today" value="…">
        Reading the sweeps of today
      </Fact>
    );
  }
  return (
    <Fact name="Freed today" value={bytesInWords(today.bytesFreed)}>
      {counted(today.outcomes.deleted, 'session')} deleted since 00:00 UTC
      {store && (
        <>
          <br />
          Image store: {storeInWords(store)}
        </>
      )}
    </Fact>
  );
}

export const PART_NAMES: Record<DashboardStatus['parts'][number]['name'], string> = {
  settings: 'Settings',
  sessionTable: 'Table of sessions',
  outcomeTable: 'Table of outcomes',
  runTable: 'Table of sweeps',
  cluster: 'Cluster',
  credentials: 'Credentials',
};

function Parts({ parts }: { parts: DashboardStatus['parts'] }) {
  const of = (wanted: string) => parts.filter(({ status }) => status === wanted).map(({ name }) => PART_NAMES[name]);
  const [failed, warned, skipped] = [of('failed'), of('warning'), of('skipped')];
  const told = [
    ...(failed.length > 0 ? [`${CHECK_STATUSES.failed.label}: ${joined(failed)}`] : []),
    ...(warned.length > 0 ? [`${CHECK_STATUSES.warning.label}: ${joined(warned)}`] : []),
    ...(skipped.length > 0 ? [`${CHECK_STATUSES.skipped.label}: ${joined(skipped)}`] : []),
  ];
  const healthy = parts.length - failed.length - warned.length - skipped.length;
  return (
    <Fact name="Parts" value={`${healthy} of ${parts.length} healthy`} isBad={failed.length > 0}>
      {told.length === 0 ? 'Settings, tables, cluster and credentials' : capitalized(told.join('. '))}{' '}
      <a href="#parts">Details</a>
    </Fact>
  );
}
