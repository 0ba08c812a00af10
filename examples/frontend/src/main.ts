import { showFreshness } from './freshness.ts';
import { type AnswerError, verifiesTokens } from './graphql-client.ts';
import { readUsers, type UsersAnswer, type UsersPage } from './read-users.ts';
import { type CallerRole, currentRole, signInAs } from './session.ts';
import { connectSignIn, showCaller, showWhatIsSeen } from './sign-in-view.ts';
import { fromAddress, type Page, placeOf, toAddress, type UserSearch } from './user-search.ts';
import {
  connectControls,
  type Step,
  showBusy,
  showFailure,
  showProblem,
  showProgress,
  showTerms,
  showUsers,
} from './users-view.ts';

/** How long to wait after a keystroke before searching, in milliseconds. */
const typingPause = 200;

/** How long to wait before retrying while the first scan runs, in milliseconds. The gateway waits for it, too. */
const readingPause = 1000;

let search = fromAddress(new URLSearchParams(location.search));
let shown: UsersPage | undefined;
let request = new AbortController();
let typingTimer: ReturnType<typeof setTimeout> | undefined;

connectControls({
  search(terms, typing) {
    clearTimeout(typingTimer);
    typingTimer = setTimeout(
      () => {
        const next: UserSearch = { ...terms, page: { at: 'start' } };
        history.replaceState(null, '', toAddress(next));
        void show(next);
      },
      typing ? typingPause : 0,
    );
  },
  turn(step) {
    const next = { ...search, page: pageAt(step) };
    history.pushState(null, '', toAddress(next));
    void show(next);
  },
  refresh: () => void show(search),
});
connectSignIn((role) => void changeCaller(role));
addEventListener('popstate', () => void show(fromAddress(new URLSearchParams(location.search))));
showCaller(currentRole());
void show(search);

/** Starts at the first page again, because another caller sees other users. */
async function changeCaller(role: CallerRole): Promise<void> {
  search = { ...search, page: { at: 'start' } };
  history.replaceState(null, '', toAddress(search));
  try {
    await signInAs(role);
    showCaller(role);
    await show(search);
    if (role !== 'anon' && !(await verifiesTokens(request.signal))) {
      showProblem(
        'This gateway verifies no tokens, so everybody sees the same. Start it with: npm run demo -- --auth',
      );
    }
  } catch (error) {
    if (!request.signal.aborted) showFailure(wordsOf(error));
    showCaller(currentRole());
  }
}

/** Shows the users of a search. Aborts the previous request. */
async function show(next: UserSearch): Promise<void> {
  search = next;
  request.abort();
  request = new AbortController();
  const { signal } = request;
  showTerms(next);
  showBusy();
  try {
    let answer = await readUsers(next, signal);
    while (answer.error?.extensions.code === 'SCAN_IN_PROGRESS') {
      // The first scan of the pool is still running, and a retry waits for it again.
      showProgress(answer.error.extensions.progress);
      await new Promise((resolve) => setTimeout(resolve, readingPause));
      answer = await readUsers(next, signal);
    }
    showAnswer(answer);
  } catch (error) {
    if (!signal.aborted) showFailure(wordsOf(error));
  }
}

/** Shows the users of an answer, and its error. */
function showAnswer({ page, error, age }: UsersAnswer): void {
  shown = page;
  showFreshness(page && age);
  if (page) {
    showWhatIsSeen(currentRole(), page.isAnonymous);
    showUsers(page, placeOf(search.page, page.users.length, page.totalCount));
    showProblem(error && explain(error));
  } else {
    showFailure(error ? explain(error) : 'The gateway answered with neither users nor an error.');
  }
}

/** The gateway's message, and what to do about it. */
function explain({ message, extensions }: AnswerError): string {
  const sentence = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
  if (extensions.code === 'UNAUTHENTICATED') return `${sentence} Sign in again.`;
  return extensions.code.startsWith('SCAN_')
    ? `${sentence} Find out why with: npx fdw-graphql doctor`
    : sentence;
}

function pageAt(step: Step): Page {
  const place = shown && placeOf(search.page, shown.users.length, shown.totalCount);
  switch (step) {
    case 'first':
      return { at: 'start' };
    case 'last':
      return { at: 'end' };
    case 'next': {
      const cursor = shown?.pageInfo.endCursor;
      return cursor ? { at: 'after', cursor, count: place?.to } : { at: 'start' };
    }
    case 'previous': {
      const cursor = shown?.pageInfo.startCursor;
      return cursor ? { at: 'before', cursor, count: place && place.from - 1 } : { at: 'start' };
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
