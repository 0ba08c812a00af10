import { createHash } from 'node:crypto';
import type { Problem } from '../model/model.ts';
import type { ReloadFailure } from '../observation.ts';
import { counted } from '../wording.ts';
import type { RecentError } from './history.ts';
import { Html, html } from './html.ts';
import type { GatewayStatus, ObjectStatus, RunningScanStatus, TableStatus } from './status.ts';
import { liveScript, styleSheet } from './status-page-assets.ts';

/** The status as a page for people. */
export interface StatusPage {
  readonly html: string;
  /** The page's Content-Security-Policy: nothing may be loaded but what it contains. */
  readonly contentSecurityPolicy: string;
}

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${hash(styleSheet)}'`,
  `script-src '${hash(liveScript)}'`,
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The actions that the reader may take. */
export interface Actions {
  readonly refresh: boolean;
  readonly reload: boolean;
}

/** @param actions those for which the page has buttons, which post to `/refresh` and `/reload` */
export function renderStatusPage(status: GatewayStatus, actions: Actions): StatusPage {
  const { version, ready, reasons, objects, tables, problems, errors, requests, now, startedAt } = status;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${ready ? 'Ready' : 'Not ready'} – fdw-graphql</title>
<style>${new Html(styleSheet)}</style>
</head>
<body>
<header>
<h1>fdw-graphql</h1>
<p id="summary" data-live role="status"><strong class="badge ${ready ? 'good' : 'bad'}">${ready ? 'Ready' : 'Not ready'}</strong>${reasons.map(({ message }) => html` <span>${message}</span>`)}</p>
<p id="facts" data-live class="quiet">Version ${version}, up for ${duration((now - startedAt) / 1000)}. ${counted(requests.active, 'request')} being answered.</p>
</header>
<main>
<section aria-labelledby="objects-title"><h2 id="objects-title">Snapshots</h2>
<div id="objects" data-live class="cards">${objects.length > 0 ? objects.map((object) => objectCard(object, status, actions)) : html`<p class="quiet">Nothing is scanned, because no table is exposed.</p>`}</div>
</section>
<section aria-labelledby="problems-title"><h2 id="problems-title">Problems</h2>
<div id="problems" data-live>${status.reloadFailure && reloadNotice(status.reloadFailure, now)}${problemList(problems)}</div>
</section>
<section aria-labelledby="errors-title"><h2 id="errors-title">Last errors</h2>
<div id="errors" data-live>${errorList(errors, now)}</div>
</section>
<section aria-labelledby="tables-title"><h2 id="tables-title">Tables</h2>
<div id="tables" data-live>${tableList(tables)}</div>
</section>
${actions.reload && html`<form method="post" action="/reload"><button>Read the catalog again</button></form>`}
</main>
<script>${new Html(liveScript)}</script>
</body>
</html>
`;
  return { html: page.text, contentSecurityPolicy };
}

function objectCard(object: ObjectStatus, status: GatewayStatus, actions: Actions): Html {
  const { server, object: name, snapshot, scan, lastFailure, nextScanAt, sharing } = object;
  const path = `${server}.${name}`;
  const table = status.tables.find((candidate) => candidate.server === server && candidate.object === name);
  return html`<article aria-labelledby="card-${path}">
<h3 id="card-${path}">${path} ${freshnessBadge(object)}</h3>
${scan && scanProgress(path, scan, status.scanRequestsPerSecond)}
${
  snapshot
    ? html`<dl>
<div><dt>Rows</dt><dd>${count(snapshot.rows)}</dd></div>
<div><dt>Age</dt><dd>${duration(snapshot.ageSeconds)}</dd></div>
<div><dt>Memory</dt><dd>${megabytes(snapshot.bytes)}</dd></div>
<div><dt>Last scan took</dt><dd>${duration(snapshot.scanDurationMs / 1000)}</dd></div>
<div><dt>Next scan</dt><dd>${nextScan(nextScanAt, status.now)}</dd></div>
${
  sharing &&
  html`<div><dt>Shared</dt><dd>${sharedAs(sharing)}</dd></div>
<div><dt>Sent and received</dt><dd>${megabytes(sharing.bytesPublished)} published, ${megabytes(sharing.bytesLoaded)} loaded</dd></div>`
}
</dl>`
    : html`<p class="quiet">There is no snapshot yet: ${scan ? 'the first scan is under way' : 'the first request starts a scan'}.</p>`
}
${
  lastFailure &&
  html`<div class="failure"><p><strong>${lastFailure.code}</strong> ${duration((status.now - lastFailure.at) / 1000)} ago${lastFailure.failures > 1 && `, ${lastFailure.failures} times in a row`}: ${lastFailure.message}</p>
<p>${lastFailure.hint}</p></div>`
}
${
  actions.refresh &&
  table &&
  html`<form method="post" action="/refresh?table=${encodeURIComponent(`${table.schema}.${table.name}`)}"><button id="refresh-${path}" aria-label="Scan ${path} now">Scan now</button></form>`
}
</article>`;
}

function freshnessBadge({ snapshot, scan, lastFailure }: ObjectStatus): Html {
  if (lastFailure && !scan) return html`<span class="badge bad">failing</span>`;
  if (!snapshot)
    return scan ? html`<span class="badge">scanning</span>` : html`<span class="badge">not scanned</span>`;
  const { freshness } = snapshot;
  return html`<span class="badge ${freshness === 'fresh' ? 'good' : ''}">${freshness}</span>`;
}

function scanProgress(path: string, scan: RunningScanStatus, limit: number): Html {
  const { rows, estimatedRows, fraction, etaSeconds, requestsPerSecond, throttles } = scan;
  const bar =
    fraction === undefined
      ? html`<progress aria-label="Scan of ${path}"></progress>`
      : html`<progress aria-label="Scan of ${path}" value="${fraction.toFixed(4)}" max="1">${Math.floor(fraction * 100)} %</progress>`;
  return html`<div class="scan">${bar}
<p>${count(rows)}${estimatedRows !== undefined && ` of about ${count(estimatedRows)}`} rows${etaSeconds !== undefined && `, ${duration(etaSeconds)} left`}.
${requestsPerSecond} of ${limit} requests per second; ${count(throttles)} ${throttles === 1 ? 'throttle' : 'throttles'}.</p></div>`;
}

function sharedAs(sharing: NonNullable<ObjectStatus['sharing']>): string {
  const { reachable, holder, holds, epoch } = sharing;
  if (!reachable) return 'not now: other gateways cannot be reached';
  const scanner = holds ? 'this gateway' : holder;
  return scanner === undefined
    ? publishedAs(sharing)
    : `${publishedAs(sharing)}; ${scanner} scans (epoch ${epoch})`;
}

function publishedAs({
  published,
  publishedAgeSeconds = 0,
  lagSeconds = 0,
}: NonNullable<ObjectStatus['sharing']>): string {
  if (!published) return 'nothing yet';
  const snapshot = `snapshot ${published.sequence}, ${duration(publishedAgeSeconds)} old`;
  return lagSeconds === 0 ? snapshot : `${snapshot}; this gateway is ${duration(lagSeconds)} behind`;
}

function nextScan(nextScanAt: number | undefined, now: number): string {
  if (nextScanAt === undefined) return 'when a request finds it stale';
  return nextScanAt <= now ? 'now' : `in ${duration((nextScanAt - now) / 1000)}`;
}

function reloadNotice({ message, since, failures }: ReloadFailure, now: number): Html {
  return html`<div class="failure"><p><strong>The catalog cannot be read again</strong> for ${duration((now - since) / 1000)}, ${failures} ${failures === 1 ? 'try' : 'tries'}: ${message}</p>
<p>The last version that was read is still served. Check that Postgres is reachable, and what was changed last.</p></div>`;
}

function problemList(problems: readonly Problem[]): Html {
  if (problems.length === 0) return html`<p class="quiet">None: everything in the catalog is exposed.</p>`;
  return html`<ul>${problems.map(
    ({ object, reason, hint }) =>
      html`<li><code>${object}</code> ${reason}. <span class="hint">${hint}</span></li>`,
  )}</ul>`;
}

function errorList(errors: readonly RecentError[], now: number): Html {
  if (errors.length === 0) return html`<p class="quiet">None since the start.</p>`;
  return html`<ul>${errors.map(
    ({ at, code, message, errorId }) =>
      html`<li><time datetime="${new Date(at).toISOString()}">${duration((now - at) / 1000)} ago</time> ${code && html`<strong>${code}</strong> `}${message}${errorId && html` <code class="quiet">${errorId}</code>`}</li>`,
  )}</ul>`;
}

function tableList(tables: readonly TableStatus[]): Html {
  if (tables.length === 0) return html`<p class="quiet">None is exposed.</p>`;
  return html`<div class="cards">${tables.map(
    ({ schema, name, typeName, server, object, columns, roles }) => html`<article>
<h3>${schema}.${name}</h3>
<dl>
<div><dt>GraphQL type</dt><dd><code>${typeName}</code></dd></div>
<div><dt>Read from</dt><dd>${server}.<wbr>${object}</dd></div>
</dl>
<dl class="wide">${
      roles.length === 0
        ? html`<div><dt>Who sees it</dt><dd>nobody: no role may SELECT from it</dd></div>`
        : roles.map(
            (role) =>
              html`<div><dt>${role.role}</dt><dd>${rowsSeen[role.rows]}, ${role.columns === columns ? 'all' : `${role.columns} of ${columns}`} columns</dd></div>`,
          )
    }</dl>
</article>`,
  )}</div>`;
}

const rowsSeen = { all: 'all rows', none: 'no rows', filtered: 'rows of its policy' } as const;

function count(number: number): string {
  return number.toLocaleString('en');
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toLocaleString('en', { maximumFractionDigits: bytes < 100 * 2 ** 20 ? 1 : 0 })} MB`;
}

/** In the two largest units, such as `3 min 20 s`. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (seconds > 0 && seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
