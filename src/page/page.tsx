import { useLayoutEffect, useState } from 'preact/hooks';
import { Chart } from './parts/chart.tsx';
import { type Deletable, DeleteContext, DeleteDialog } from './parts/deleteDialog.tsx';
import { Drawer } from './parts/drawer.tsx';
import { Facts } from './parts/facts.tsx';
import { Failures } from './parts/failures.tsx';
import { Header, unknownText } from './parts/header.tsx';
import { HealthParts } from './parts/healthParts.tsx';
import { JobPanel } from './parts/jobPanel.tsx';
import { KeyForm } from './parts/keyForm.tsx';
import { NoticeList } from './parts/noticeList.tsx';
import { Sessions } from './parts/sessions.tsx';
import { NowContext } from './parts/small.tsx';
import { SweepDialog } from './parts/sweepDialog.tsx';
import { Sweeps } from './parts/sweeps.tsx';
import { InvalidSettingsView, Loading, Trouble } from './parts/trouble.tsx';
import { HEADLINES, VerdictView } from './parts/verdict.tsx';
import { visible } from './text.ts';
import { AppContext, type AppStore, useApp } from './useApp.ts';
import { JobContext, useJob } from './useJob.ts';
import { NoticeContext, useNotices } from './useNotices.ts';
import { useNow } from './useNow.ts';
import { usePolling } from './usePolling.ts';
import { useSessionLink } from './useSessionLink.ts';

/** The operators' page. */
export function Page() {
  const app = usePolling();
  const notices = useNotices();
  const view = useView(app);
  return (
    <AppContext.Provider value={app}>
      <NoticeContext.Provider value={notices}>
        <NowContext.Provider value={view.now}>
          <Header isUnknown={view.isUnknown} ageMs={view.ageMs} />
          <Body view={view} />
          <NoticeList />
        </NowContext.Provider>
      </NoticeContext.Provider>
    </AppContext.Provider>
  );
}

interface View {
  /** By the app's clock. */
  now: number;
  /** The data is too old to describe the current state. */
  isUnknown: boolean;
  headline: string;
  ageMs: number | undefined;
}

/** The age from which a status is unknown, whatever the reason, in milliseconds. */
const OLD_MS = 180_000;

/** How often ages are updated, in milliseconds. */
const TICK_MS = 5_000;

/** Derives what to show from the data and its age. Also sets the tab's title to the verdict. */
function useView({ status, statusAt, error, key, invalid }: AppStore): View {
  const here = useNow(TICK_MS);
  const ageMs = statusAt === undefined ? undefined : Math.max(0, here - statusAt);
  const readAt = status ? new Date(status.readAt).getTime() : here;
  const now = readAt + (ageMs ?? 0);
  const isUnknown = ageMs !== undefined && (error !== undefined || ageMs > OLD_MS);
  const known = invalid ? HEADLINES.failing : status ? HEADLINES[status.verdict.level] : undefined;
  const failed = error === undefined ? 'Reading' : 'Unknown: the app does not answer';
  const headline = isUnknown ? unknownText(now - (ageMs ?? 0)) : (known ?? failed);
  const name = status ? visible(status.clusterName) : 'Upload sessions';
  // Together with the page, so that the tab's title never differs from it.
  useLayoutEffect(() => {
    document.title = key ? 'Key needed · Upload sessions' : `${headline} · ${name}`;
  }, [headline, name, key]);
  return { now, isUnknown, headline, ageMs };
}

function Body({ view }: { view: View }) {
  const app = useApp();
  const jobs = useJob();
  const [deletable, setDeletable] = useState<Deletable>();
  const [sessionId, closeSession] = useSessionLink();
  if (app.key) {
    return (
      <main>
        <KeyForm why={app.key} />
      </main>
    );
  }
  return (
    <JobContext.Provider value={jobs}>
      <DeleteContext.Provider value={setDeletable}>
        <main class={view.isUnknown ? 'old' : ''}>
          <Content view={view} />
        </main>
        {sessionId !== undefined && <Drawer sessionId={sessionId} onClose={closeSession} />}
        {deletable && <DeleteDialog session={deletable} onClose={() => setDeletable(undefined)} />}
      </DeleteContext.Provider>
    </JobContext.Provider>
  );
}

function Content({ view: { isUnknown, headline } }: { view: View }) {
  const { status, history, historyError, error, invalid } = useApp();
  const [asked, setAsked] = useState<'sweep' | 'dryRun'>();
  if (invalid) return <InvalidSettingsView invalid={invalid} isUnknown={isUnknown} headline={headline} why={error} />;
  if (!status) return error === undefined ? <Loading /> : <Trouble why={error} />;
  const { level, reasons } = status.verdict;
  return (
    <>
      <div class="lead">
        <VerdictView
          level={isUnknown ? 'unknown' : level}
          headline={headline}
          why={isUnknown ? (error ?? 'The page has not been refreshed since.') : undefined}
          reasons={reasons}
        />
        <div class="actions">
          <button type="button" class="primary" onClick={() => setAsked('sweep')}>
            Sweep now
          </button>
          <button type="button" onClick={() => setAsked('dryRun')}>
            Dry run
          </button>
        </div>
      </div>
      <Facts status={status} history={history} />
      <JobPanel />
      {historyError !== undefined && <p class="bad card">Sweeps and outcomes could not be read: {historyError}</p>}
      {history && <Failures history={history} />}
      <Sessions status={status} />
      {history && <Sweeps history={history} />}
      {history && <Chart history={history} />}
      <HealthParts parts={status.parts} />
      <footer>
        <p>All times are UTC.</p>
      </footer>
      {asked && <SweepDialog dryRun={asked === 'dryRun'} status={status} onClose={() => setAsked(undefined)} />}
    </>
  );
}
