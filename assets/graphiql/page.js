// @ts-check
/** @typedef {import('../../src/http/graphiql/overview.ts').Overview} Overview */
/** @typedef {import('../../src/http/graphiql/overview.ts').ObjectOverview} ObjectOverview */
/** @typedef {import('../../src/http/graphiql/examples.ts').Example} Example */

/** Milliseconds between two requests for the overview: while the gateway scans, and otherwise. */
const pauses = { scanning: 1000, resting: 10_000 };

/** How many milliseconds to wait for the key of a row for an example. */
const keyPatience = 2000;

/** The browser's storage: the token is kept in this tab only, GraphiQL's tabs where GraphiQL keeps them. */
const keys = { token: 'fdw-graphql:token', examples: 'fdw-graphql:examples', tabs: 'graphiql:tabState' };

const endpoint = location.pathname;
const strip = {
  objects: find('#objects'),
  trouble: find('#trouble'),
  examples: find('#examples'),
  caller: /** @type {HTMLFormElement} */ (find('#caller')),
  token: /** @type {HTMLInputElement} */ (find('#caller input')),
  role: find('#role'),
  forget: find('#forget'),
};
const tokenNeeded = { main: find('#token-needed'), refusal: find('#refusal') };

/** @type {Overview | undefined} */
let shown;
/** When `shown` arrived, in milliseconds. */
let shownAt = 0;
let isMounted = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

strip.caller.addEventListener('submit', (event) => {
  event.preventDefault();
  changeToken(strip.token.value.trim().replace(/^Bearer\s+/i, ''));
});
strip.forget.addEventListener('click', () => changeToken(''));
strip.examples.addEventListener('click', () => {
  forgetTabs();
  reload();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void look();
});
setInterval(() => shown && showObjects(shown.objects), 1000);
void look();

/** Requests the overview now, and again after a while. */
async function look() {
  clearTimeout(timer);
  try {
    const response = await fetch('?graphiql=overview', { headers: authorization() });
    const answer = await response.json();
    if (response.status === 401) askForToken(answer.message);
    else if (response.ok) await show(answer);
    else throw new Error(`status ${response.status}`);
    strip.trouble.hidden = true;
  } catch {
    strip.trouble.hidden = false;
    strip.trouble.textContent = 'The gateway does not answer. Is it still running?';
  }
  const isScanning = shown?.objects.some(({ scan }) => scan) ?? false;
  if (!document.hidden) timer = setTimeout(look, isScanning ? pauses.scanning : pauses.resting);
}

/** @param {Overview} overview */
async function show(overview) {
  shown = overview;
  shownAt = performance.now();
  tokenNeeded.main.hidden = true;
  strip.examples.hidden = false;
  showCaller(overview);
  showObjects(overview.objects);
  if (!isMounted) {
    isMounted = true;
    mount(await Promise.all(overview.examples.map((example) => withKey(example, overview))));
  }
}

/** @param {Overview} overview */
function showCaller({ role, verifiesTokens }) {
  const hasToken = sessionStorage.getItem(keys.token) !== null;
  strip.caller.hidden = !verifiesTokens;
  strip.token.hidden = hasToken;
  find('#caller [type=submit]').hidden = hasToken;
  strip.forget.hidden = !hasToken;
  strip.role.textContent = `Role ${role}`;
}

/** Shows that a token is needed, instead of letting GraphiQL fail at everything. @param {string} refusal */
function askForToken(refusal) {
  const hasToken = sessionStorage.getItem(keys.token) !== null;
  strip.caller.hidden = false;
  strip.role.textContent = '';
  strip.token.hidden = false;
  find('#caller [type=submit]').hidden = false;
  strip.forget.hidden = true;
  tokenNeeded.main.hidden = false;
  tokenNeeded.refusal.textContent = hasToken ? `Your token is refused: ${refusal}.` : '';
  find('#graphiql-root').hidden = true;
  strip.token.focus();
}

/** @param {readonly ObjectOverview[]} objects */
function showObjects(objects) {
  const seconds = Math.floor((performance.now() - shownAt) / 1000);
  strip.objects.replaceChildren(...objects.map((object) => objectItem(object, seconds)));
}

/**
 * @param {ObjectOverview} object
 * @param {number} secondsSince the age of this information
 */
function objectItem({ tables, snapshot, scan }, secondsSince) {
  const item = document.createElement('li');
  const name = document.createElement('strong');
  name.textContent = tables.join(', ');
  const facts = document.createElement('span');
  const rows = snapshot?.rows === undefined ? [] : [`${snapshot.rows.toLocaleString()} rows`];
  const age = snapshot ? [`${duration(snapshot.ageSeconds + secondsSince)} old`] : [];
  item.dataset.state = scan ? 'scanning' : !snapshot ? 'absent' : snapshot.isFresh ? 'fresh' : 'stale';
  item.append(name, facts);
  if (!scan) {
    facts.textContent = snapshot ? [...rows, ...age].join(', ') : 'not read yet: the first query does it';
    return item;
  }
  const progress = document.createElement('progress');
  progress.setAttribute('aria-label', `Scan of ${tables.join(', ')}`);
  if (scan.rows !== undefined && scan.estimatedRows) {
    progress.max = Math.max(scan.estimatedRows, scan.rows);
    progress.value = scan.rows;
  }
  const sofar = scan.rows === undefined ? '' : ` ${scan.rows.toLocaleString()}`;
  const whole = scan.estimatedRows === undefined ? '' : ` of about ${scan.estimatedRows.toLocaleString()}`;
  facts.textContent = [...rows, ...age, `scanning${sofar}${whole}`].join(', ');
  item.append(progress);
  return item;
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

/** Replaces the tabs of examples that have not been edited by those of the new caller. @param {string} token */
function changeToken(token) {
  if (token) sessionStorage.setItem(keys.token, token);
  else sessionStorage.removeItem(keys.token);
  if (tabsAreExamples()) forgetTabs();
  reload();
}

/** Forgets them when the page is left: until then, GraphiQL may still write them, half a second after their last change. */
function forgetTabs() {
  addEventListener('pagehide', () => localStorage.removeItem(keys.tabs), { once: true });
}

/** GraphiQL also keeps the query of its first tab in the URL. */
function reload() {
  location.assign(endpoint);
}

function tabsAreExamples() {
  try {
    const given = JSON.parse(localStorage.getItem(keys.examples) ?? '[]');
    /** @type {{ tabs?: { query?: string }[] }} */
    const { tabs = [] } = JSON.parse(localStorage.getItem(keys.tabs) ?? '{}');
    return tabs.every(({ query }) => given.includes(query));
  } catch {
    return true;
  }
}

/**
 * The example with the key of a row that the caller may see, if there is a snapshot to find one in.
 *
 * @param {Example} example
 * @param {Overview} overview
 */
async function withKey({ query, key }, { objects }) {
  if (!key || !objects.every(({ snapshot }) => snapshot)) return query;
  try {
    const { data } = await ask({ query: key.query }, { signal: AbortSignal.timeout(keyPatience) });
    /** @type {{ edges: { node: Record<string, unknown> }[] }[]} */
    const [collection] = Object.values(data);
    const row = Object.entries(collection?.edges[0]?.node ?? {});
    const values = row.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    return values.length > 0 ? query.replace(key.placeholder, () => values.join(', ')) : query;
  } catch {
    return query;
  }
}

/** @param {string[]} queries */
function mount(queries) {
  localStorage.setItem(keys.examples, JSON.stringify(queries));
  const { YogaGraphiQL } = /** @type {any} */ (globalThis);
  YogaGraphiQL.renderYogaGraphiQL(find('#graphiql-root'), {
    title: 'fdw-graphql',
    defaultTabs: queries.map((query) => ({ query })),
    defaultEditorToolsVisibility: false,
    shouldPersistHeaders: false,
    /** @param {Operation} operation @param {{ headers?: Record<string, string> }} [options] */
    async fetcher(operation, options) {
      try {
        return await ask(withoutOldName(operation), { headers: options?.headers ?? {} });
      } finally {
        void look();
      }
    },
  });
}

/** @typedef {{ query: string, operationName?: string | null | undefined, variables?: object }} Operation */

/**
 * The operation, without its name if the document has none of that name: just after a change of tabs, GraphiQL still
 * sends the name from the other tab.
 *
 * @param {Operation} operation
 * @returns {Operation}
 */
function withoutOldName({ operationName, ...others }) {
  const isDefined = new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(others.query);
  return isDefined ? { operationName, ...others } : others;
}

/**
 * Sends a query as the caller.
 *
 * @param {object} params
 * @param {{ headers?: Record<string, string>, signal?: AbortSignal }} options
 */
async function ask(params, { headers = {}, signal }) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...authorization(),
      ...headers,
    },
    body: JSON.stringify(params),
    signal: signal ?? null,
  });
  return response.json();
}

/** @returns {Record<string, string>} */
function authorization() {
  const token = sessionStorage.getItem(keys.token);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** @param {string} selector @returns {HTMLElement} */
function find(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`the page has no ${selector}`);
}
