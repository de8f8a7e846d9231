import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { CHECK_NAMES } from '../../health/check.ts';
import { CHECK_STATUSES, type CheckStatus } from '../../health/checkStatus.ts';
import type { DashboardHistory, DashboardStatus } from '../../wire/pageSchemas.ts';
import type { SweepLine } from '../../wire/schemas.ts';
import { agoInWords, bytesInWords, counted, spanInWords, storeInWords } from '../../wire/words.ts';
import { countText, joined, soonText } from '../text.ts';
import { NowContext } from './small.tsx';
import { SweepResult } from './sweepResult.tsx';

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
      <SweepResult sweep={sweep} />, by {sweep.trigger}
    </Fact>
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

function Parts({ parts }: { parts: DashboardStatus['parts'] }) {
  const troubled = CHECK_KINDS.filter((status) => status !== 'ok').flatMap((status) => {
    const names = parts.filter((part) => part.status === status).map(({ name }) => CHECK_NAMES[name]);
    return names.length > 0 ? [`${CHECK_STATUSES[status].label}: ${joined(names)}`] : [];
  });
  const healthy = parts.filter(({ status }) => status === 'ok').length;
  const isBad = parts.some(({ status }) => CHECK_STATUSES[status].severity === 'error');
  return (
    <Fact name="Parts" value={`${healthy} of ${parts.length} healthy`} isBad={isBad}>
      {troubled.length === 0 ? 'Settings, tables, cluster and credentials' : troubled.join('. ')}{' '}
      <a href="#parts">Details</a>
    </Fact>
  );
}

/** The worst first. */
const CHECK_KINDS = (Object.keys(CHECK_STATUSES) as CheckStatus[]).toReversed();
