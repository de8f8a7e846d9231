import { type Html, html } from './html.ts';
import { script } from './page.ts';

/**
 * The page before it has read anything: the same for everyone, so that it needs no key and comes at once. The script loads the
 * content into it.
 *
 * @param contentPath - of the content, as seen from the page
 */
export function shell(contentPath: string): Html {
  return html`<header>
<h1>Upload sessions</h1>
<p id="read" role="status"></p>
<div class="actions"><button type="button" id="refresh" hidden>Refresh</button><button type="button" id="forget" hidden>Forget the key</button></div>
</header>
<main>
<div id="said" role="status" aria-live="polite" tabindex="-1"></div>
<section id="plan" aria-labelledby="plan-title" hidden></section>
<form id="key" action="${contentPath}" method="get" class="card" aria-labelledby="key-title">
<h2 id="key-title">The key is needed</h2>
<p id="key-why">Give the function key of this app. It is kept in this tab only, until you close it or forget it.</p>
<p id="no-script">Without JavaScript the page shows how things are, but can’t act: use the HTTP API or the command line for that.</p>
<label for="code">Function key</label>
<input hidden autocomplete="username" value="function-key">
<input id="code" name="code" type="password" required autocomplete="current-password" spellcheck="false">
<button class="primary">Open</button>
</form>
<section id="loading" class="card" hidden aria-labelledby="loading-title">
<h2 id="loading-title">Reading the tables and asking the cluster …</h2>
<p>This takes some seconds where one of them is slow, and up to ten where it does not answer.</p>
<div class="bones" aria-hidden="true"><i></i><i></i><i></i><i></i></div>
</section>
<section id="trouble" class="verdict failing" hidden aria-labelledby="trouble-title">
<h2 id="trouble-title">The page could not be loaded</h2>
<p id="trouble-why"></p>
<p><button type="button" id="again" class="primary">Try again</button></p>
</section>
<div id="content"></div>
</main>
<dialog id="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-what">
<form method="dialog">
<h2 id="confirm-title"></h2>
<p id="confirm-what"></p>
<p id="confirm-about" hidden></p>
<fieldset id="filters" hidden>
<legend>Only some of them, if you like</legend>
<label>Without activity for at least <input id="olderThan" placeholder="15m" size="6" autocomplete="off" spellcheck="false" pattern="[0-9]+(\\.[0-9]+)?(s|m|h|d)" title="A duration from 1m to 30d, such as 30m, 2h or 1d"></label>
<label>No more than <input id="limit" inputmode="numeric" size="6" autocomplete="off" pattern="[1-9][0-9]{0,8}" title="A whole number"> sessions</label>
</fieldset>
<p id="guard" hidden><label><input id="onlyIfStale" type="checkbox" checked> Only if no chunk came lately: ask the cluster first</label></p>
<div class="actions"><button id="confirm-no" value="no" formnovalidate autofocus>Cancel</button><button id="confirm-yes" value="yes" class="primary"></button></div>
</form>
</dialog>
${script}`;
}
