import { UsersPageDocument, type UsersPageQuery } from './generated/graphql.ts';
import { type Answer, ask } from './graphql-client.ts';
import { fromAddress, type Page, toAddress, toVariables, type UserSearch } from './user-search.ts';
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

/** Milliseconds without a keystroke after which what has been typed is searched for. */
const typingPause = 200;

/** Milliseconds between two questions for users that the gateway is still reading. It waits itself, too. */
const readingPause = 1000;

let search = fromAddress(new URLSearchParams(location.search));
let pageInfo: UsersPageQuery['cognitoUserCollection']['pageInfo'] | undefined;
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
  retry: () => void show(search),
});
addEventListener('popstate', () => void show(fromAddress(new URLSearchParams(location.search))));
void show(search);

/** Shows a search's users. An answer that is still awaited is of no interest any more. */
async function show(next: UserSearch): Promise<void> {
  search = next;
  request.abort();
  request = new AbortController();
  const { signal } = request;
  showTerms(next);
  showBusy();
  try {
    let answer = await ask(UsersPageDocument, toVariables(next), signal);
    while (isStillReading(answer)) {
      await new Promise((resolve) => setTimeout(resolve, readingPause));
      answer = await ask(UsersPageDocument, toVariables(next), signal);
    }
    showAnswer(answer);
  } catch (error) {
    if (!signal.aborted) showFailure(error instanceof Error ? error.message : String(error));
  }
}

/** Whether the gateway has yet to read the pool for the first time: asking again waits for more of it. */
function isStillReading({ errors }: Answer<UsersPageQuery>): boolean {
  const reading = errors.find(({ extensions }) => extensions.code === 'SCAN_IN_PROGRESS');
  if (reading) showProgress(reading.extensions.progress?.rows ?? 0);
  return reading !== undefined;
}

/** Shows the users that have arrived, and what is missing of them. */
function showAnswer({ data, errors: [error] }: Answer<UsersPageQuery>): void {
  // A root field that fails is null, whatever the schema promises of it.
  const users: UsersPageQuery['cognitoUserCollection'] | null | undefined = data?.cognitoUserCollection;
  if (users) {
    pageInfo = users.pageInfo;
    showUsers(users);
    showProblem(error?.message);
  } else {
    showFailure(error?.message ?? 'The gateway answered with neither users nor an error.');
  }
}

function pageAt(step: Step): Page {
  switch (step) {
    case 'first':
      return { at: 'start' };
    case 'last':
      return { at: 'end' };
    case 'next':
      return pageInfo?.endCursor ? { at: 'after', cursor: pageInfo.endCursor } : { at: 'start' };
    case 'previous':
      return pageInfo?.startCursor ? { at: 'before', cursor: pageInfo.startCursor } : { at: 'start' };
  }
}
