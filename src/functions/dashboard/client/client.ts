/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

import type { bytesText, visible } from '../text.ts';
import type { Action, ActionAnswer, actionWords, resultText } from './actions.ts';
import type { planTable } from './planTable.ts';

/** The functions that come with it, each as its own source as well. */
interface Shared {
  visible: typeof visible;
  bytesText: typeof bytesText;
  actionWords: typeof actionWords;
  resultText: typeof resultText;
  planTable: typeof planTable;
}

/** Of browsers that have them: markup that may be put into a document is made by a policy. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(markup: string): string }): { createHTML(markup: string): string };
}

/**
 * The page's script. It runs in the browser as its own source text, so it uses nothing from outside of itself.
 *
 * The key comes with the address (`?code=` or `#code=`) or from the form. It is taken out of the address at once, kept in this
 * tab's session storage, and sent as a header to this app alone.
 */
export function client({ visible, bytesText, actionWords, resultText, planTable }: Shared): void {
  interface Answer {
    status: number;
    ok: boolean;
    isHtml: boolean;
    text: string;
  }

  const KEY = 'function key';
  /** Where the routes are: the page stands among them. */
  const api = location.pathname.replace(/\/dashboard\/?$/i, '');
  const byId = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;
  const dialog = byId<HTMLDialogElement>('confirm');
  const said = byId('said');
  const plan = byId('plan');
  // What the server made and escaped is the only markup that is ever put in.
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('page', { createHTML: (markup) => markup });

  let isBusy = false;
  let readAt = 0;
  /** What is asked for when the dialog is confirmed. */
  let pending: { action: Action; session: string } | undefined;

  takeKeyFromAddress();
  document.body.dataset['live'] = '';
  byId('key').hidden = true;
  byId('no-script').hidden = true;
  byId('key').addEventListener('submit', onKey);
  byId('refresh').addEventListener('click', () => isBusy || void load());
  byId('again').addEventListener('click', () => isBusy || void load());
  byId('forget').addEventListener('click', forgetKey);
  dialog.addEventListener('close', () => void onConfirmed());
  document.addEventListener('click', onClick);
  document.addEventListener('submit', onSubmit);
  setInterval(tellAge, 15_000);
  void load();

  function takeKeyFromAddress(): void {
    const address = new URL(location.href);
    const parameters = [...address.searchParams].find(([name]) => name.toLowerCase() === 'code');
    const key = parameters?.[1] ?? new URLSearchParams(address.hash.slice(1)).get('code');
    if (!key) return;
    sessionStorage.setItem(KEY, key);
    history.replaceState(null, '', address.pathname);
  }

  function onKey(event: Event): void {
    event.preventDefault();
    const input = byId<HTMLInputElement>('code');
    sessionStorage.setItem(KEY, input.value.trim());
    input.value = '';
    byId('key').hidden = true;
    void load();
  }

  function forgetKey(): void {
    sessionStorage.removeItem(KEY);
    byId('content').replaceChildren();
    plan.hidden = true;
    say('');
    askForKey('The key is forgotten. Give the function key of this app to open the page again.');
  }

  function askForKey(why: string): void {
    byId('key-why').textContent = why;
    byId('key').hidden = false;
    byId('refresh').hidden = true;
    byId('forget').hidden = true;
    byId('read').textContent = '';
    byId('code').focus();
  }

  async function ask(method: string, path: string, body?: object): Promise<Answer> {
    const key = sessionStorage.getItem(KEY);
    const response = await fetch(`${api}${path}`, {
      method,
      cache: 'no-store',
      redirect: 'error',
      headers: {
        ...(key === null ? {} : { 'x-functions-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const isHtml = (response.headers.get('content-type') ?? '').startsWith('text/html');
    return { status: response.status, ok: response.ok, isHtml, text: await response.text() };
  }

  /** Reads everything anew. What is shown stays until the new is there. */
  async function load(): Promise<void> {
    const isFirst = byId('content').childElementCount === 0;
    byId('loading').hidden = !isFirst;
    byId('trouble').hidden = true;
    setBusy(true);
    try {
      const answer = await ask('GET', '/dashboard/content');
      if (answer.status === 401) {
        const had = sessionStorage.getItem(KEY) !== null;
        byId('content').replaceChildren();
        askForKey(
          had
            ? 'The app does not take this key. Check it, and give it again; keys are listed under “App keys” of the function app.'
            : 'Give the function key of this app. It is kept in this tab only, until you close it or forget it.',
        );
      } else if (answer.isHtml) {
        show(answer.text);
      } else {
        fail(problemText(answer));
      }
    } catch {
      fail('The app did not answer. It may be starting again, or the network between is down.');
    } finally {
      byId('loading').hidden = true;
      setBusy(false);
    }
  }

  function show(markup: string): void {
    const parsed = new DOMParser().parseFromString((policy?.createHTML(markup) ?? markup) as string, 'text/html');
    const fresh = parsed.getElementById('content');
    if (!fresh) {
      fail('The answer was none of this app’s: something stands between the app and this browser.');
      return;
    }
    const open = [...document.querySelectorAll('#content details[open] > summary')].map(nameOf);
    byId('content').replaceChildren(...fresh.childNodes);
    for (const summary of document.querySelectorAll('#content details > summary')) {
      if (open.includes(nameOf(summary))) (summary.parentElement as HTMLDetailsElement).open = true;
    }
    byId('refresh').hidden = false;
    byId('forget').hidden = sessionStorage.getItem(KEY) === null;
    const verdict = byId('verdict').textContent ?? '';
    document.title = `${verdict} · Upload sessions`;
    readAt = Date.now();
    tellAge();
  }

  /** The words of a summary without its numbers, which change. */
  function nameOf(summary: Element): string {
    return (summary.textContent ?? '').replace(/[\d,+]+/g, '');
  }

  /** A page that has been open for long must not look like news. */
  function tellAge(): void {
    if (readAt === 0 || byId('content').childElementCount === 0) return;
    const minutes = Math.floor((Date.now() - readAt) / 60_000);
    const text = minutes === 0 ? 'Up to date' : `Read ${minutes} min ago`;
    if (byId('read').textContent !== text) byId('read').textContent = text;
    byId('read').classList.toggle('old', minutes >= 5);
  }

  function fail(why: string): void {
    byId('trouble-why').textContent = why;
    byId('trouble').hidden = false;
    document.title = 'Failing · Upload sessions';
    byId('read').textContent = '';
    readAt = 0;
  }

  function setBusy(busy: boolean): void {
    isBusy = busy;
    document.body.classList.toggle('busy', busy);
    byId('content').setAttribute('aria-busy', String(busy));
  }

  function say(text: string, isBad = false): void {
    said.textContent = text;
    said.className = isBad ? 'bad' : '';
  }

  /** A problem+json's own words, or what can be said without. */
  function problemText({ status, text }: Answer): string {
    try {
      const { title, detail } = JSON.parse(text) as { title?: unknown; detail?: unknown };
      if (typeof detail === 'string') return visible(`${String(title)}. ${detail}`);
    } catch {
      // No problem+json: what stands before the app has answered.
    }
    if (status === 401) return 'The app does not take the key any more. Reload the page to give another.';
    return `The app answered ${status}. Its log says more.`;
  }

  function onClick(event: Event): void {
    const target = event.target instanceof Element ? event.target : undefined;
    const button = target?.closest<HTMLElement>('[data-action]');
    if (!button) return;
    const { action, session = '', about = '', stale = '', dry } = button.dataset;
    askFirst(action as Action, session, about, actionWords(action as Action, stale, dry === 'true'));
  }

  function onSubmit(event: Event): void {
    if ((event.target as HTMLElement).id !== 'one-form') return;
    event.preventDefault();
    askFirst(
      'delete',
      byId<HTMLInputElement>('one-id').value.trim().toLowerCase(),
      '',
      actionWords('delete', '', false),
    );
  }

  /** Says what will happen, and waits for a yes. */
  function askFirst(action: Action, session: string, about: string, words: ReturnType<typeof actionWords>): void {
    if (isBusy) {
      say('One thing at a time: something is still under way.', true);
      return;
    }
    const [title, what, yes] = words;
    pending = { action, session };
    byId('confirm-title').textContent = title;
    byId('confirm-what').textContent = what;
    byId('confirm-about').textContent = about === '' ? session : `${session}, ${about}`;
    byId('confirm-about').hidden = session === '';
    byId('confirm-yes').textContent = yes;
    byId('confirm-yes').classList.toggle('danger', action === 'delete' || action === 'sweep');
    const isOfOne = action === 'delete' || action === 'retry';
    byId('filters').hidden = isOfOne;
    byId<HTMLFieldSetElement>('filters').disabled = isOfOne;
    byId('guard').hidden = action !== 'delete';
    byId<HTMLInputElement>('onlyIfStale').checked = true;
    dialog.returnValue = 'no';
    dialog.showModal();
  }

  async function onConfirmed(): Promise<void> {
    const asked = pending;
    pending = undefined;
    if (!asked || dialog.returnValue !== 'yes') return;
    const { action, session } = asked;
    plan.hidden = true;
    setBusy(true);
    say(action === 'sweep' ? 'Sweeping …' : action === 'dryRun' ? 'Looking …' : 'Asking the app …');
    said.focus();
    try {
      const answer = await request(action, session);
      if (answer.ok) tell(action, answer.text);
      else say(problemText(answer), true);
    } catch {
      say('The app did not answer. Refresh to see whether it was done all the same.', true);
    }
    await load();
  }

  function request(action: Action, session: string): Promise<Answer> {
    const path = `/upload-sessions/${encodeURIComponent(session)}`;
    if (action === 'retry') return ask('POST', `${path}/retry`);
    if (action === 'delete') {
      return ask('DELETE', byId<HTMLInputElement>('onlyIfStale').checked ? `${path}?onlyIfStale=true` : path);
    }
    const olderThan = byId<HTMLInputElement>('olderThan').value.trim();
    const limit = byId<HTMLInputElement>('limit').value.trim();
    return ask('POST', '/sweeps', {
      dryRun: action === 'dryRun',
      ...(olderThan === '' ? {} : { olderThan }),
      ...(limit === '' ? {} : { limit: Number(limit) }),
    });
  }

  function tell(action: Action, text: string): void {
    const answer = JSON.parse(text) as ActionAnswer;
    say(resultText(action, answer, bytesText));
    const { planned = [], plannedLeftOut = 0 } = answer;
    if (planned.length === 0) return;
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = 'Close the plan';
    close.addEventListener('click', () => {
      plan.hidden = true;
      said.focus();
    });
    plan.replaceChildren(...planTable(planned, plannedLeftOut, { visible, bytesText }), close);
    plan.hidden = false;
  }
}
