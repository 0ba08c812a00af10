import { element } from './page-element.ts';
import type { UsersPage } from './read-users.ts';
import { skeletonRow, userRow } from './user-row.ts';
import { isOrderName, orders, pageSize, statuses, statusLabel, type UserSearch } from './user-search.ts';

const form = element('#search', HTMLFormElement);
const textField = element('#search [name=text]', HTMLInputElement);
const statusField = element('#search [name=status]', HTMLSelectElement);
const orderField = element('#search [name=order]', HTMLSelectElement);
const state = element('#state', HTMLElement);
const summary = element('#summary', HTMLElement);
const refresh = element('#refresh', HTMLButtonElement);
const progress = element('#progress', HTMLElement);
const progressText = element('#progress p', HTMLElement);
const progressBar = element('#progress progress', HTMLProgressElement);
const problem = element('#problem', HTMLElement);
const problemText = element('#problem p', HTMLElement);
const retry = element('#problem button', HTMLButtonElement);
const table = element('#users', HTMLTableElement);
const rows = element('#users tbody', HTMLElement);
const nobody = element('#nobody', HTMLElement);
const pageButtons = {
  first: element('#pages [name=first]', HTMLButtonElement),
  previous: element('#pages [name=previous]', HTMLButtonElement),
  next: element('#pages [name=next]', HTMLButtonElement),
  last: element('#pages [name=last]', HTMLButtonElement),
};

/** A step to another page. */
export type Step = keyof typeof pageButtons;

/** What the page's controls call. */
export interface Controls {
  /** The user has chosen other users or another order; `typing` while more keys may follow. */
  search(terms: Pick<UserSearch, 'text' | 'status' | 'order'>, typing: boolean): void;
  turn(step: Step): void;
  /** The same users once more. */
  refresh(): void;
}

/** Fills the lists of choices, and connects the controls. */
export function connectControls(controls: Controls): void {
  statusField.append(...statuses.map((status) => new Option(statusLabel(status), status)));
  orderField.append(...Object.entries(orders).map(([name, { label }]) => new Option(label, name)));
  const search = (typing: boolean) => {
    const { value: order } = orderField;
    controls.search(
      {
        text: textField.value.trim(),
        status: statusField.value,
        order: isOrderName(order) ? order : 'newest',
      },
      typing,
    );
  };
  form.addEventListener('input', ({ target }) => search(target === textField));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search(false);
  });
  for (const button of [retry, refresh]) button.addEventListener('click', () => controls.refresh());
  for (const step of ['first', 'previous', 'next', 'last'] as const) {
    pageButtons[step].addEventListener('click', () => controls.turn(step));
  }
  rows.replaceChildren(...Array.from({ length: pageSize }, skeletonRow));
}

/** Shows the terms of a search. */
export function showTerms({ text, status, order }: UserSearch): void {
  if (textField.value.trim() !== text) textField.value = text;
  if (!Array.from(statusField.options).some((option) => option.value === status)) {
    statusField.append(new Option(statusLabel(status), status));
  }
  statusField.value = status;
  orderField.value = order;
}

/** Shows that users are loading. Those on the page remain until then; if there are none, outlines are shown. */
export function showBusy(): void {
  table.ariaBusy = 'true';
  if (rows.childElementCount === 0) rows.replaceChildren(...Array.from({ length: pageSize }, skeletonRow));
  nobody.hidden = true;
}

/**
 * Shows a page of users.
 *
 * @param place the positions of the first and last one among all that match
 */
export function showUsers(page: UsersPage, place: { from: number; to: number } | undefined): void {
  const { totalCount, pageInfo, users, isAnonymous } = page;
  const total = totalCount.toLocaleString();
  state.hidden = false;
  summary.textContent = place
    ? `${place.from.toLocaleString()}–${place.to.toLocaleString()} of ${total}`
    : totalCount === 1
      ? '1 user'
      : `${total} users`;
  rows.replaceChildren(...users.map(userRow));
  nobody.hidden = users.length > 0;
  allowSearching(isAnonymous);
  allowTurning({ back: pageInfo.hasPreviousPage, on: pageInfo.hasNextPage });
  settle();
}

/** Shows why there are no users to show. */
export function showFailure(message: string): void {
  state.hidden = true;
  rows.replaceChildren();
  nobody.hidden = true;
  allowTurning({ back: false, on: false });
  showProblem(message);
  settle();
}

/** Shows why a part of the users is missing; without a message, nothing is missing. */
export function showProblem(message: string | undefined): void {
  problem.hidden = message === undefined;
  problemText.textContent = message ?? '';
}

/** Shows the progress of the pool's first scan. */
export function showProgress(
  { rows: read, estimatedRows }: { rows: number; estimatedRows?: number } = { rows: 0 },
) {
  const whole = estimatedRows === undefined ? '' : ` of about ${estimatedRows.toLocaleString()}`;
  progress.hidden = false;
  progressText.textContent = `Reading the user pool for the first time: ${read.toLocaleString()}${whole} users`;
  if (estimatedRows === undefined) progressBar.removeAttribute('value');
  else {
    progressBar.max = Math.max(estimatedRows, read, 1);
    progressBar.value = read;
  }
  problem.hidden = true;
}

function settle(): void {
  progress.hidden = true;
  table.ariaBusy = 'false';
}

/** Callers who may not read names can neither search nor order by them. */
function allowSearching(isAnonymous: boolean): void {
  table.classList.toggle('anonymous', isAnonymous);
  textField.disabled = isAnonymous;
  textField.placeholder = isAnonymous ? 'Sign in to search' : 'E-mail or username';
  for (const option of orderField.options) {
    option.disabled = isAnonymous && option.value !== 'newest' && option.value !== 'oldest';
  }
}

function allowTurning({ back, on }: { back: boolean; on: boolean }): void {
  const { first, previous, next, last } = pageButtons;
  const focused = document.activeElement;
  first.disabled = !back;
  previous.disabled = !back;
  next.disabled = !on;
  last.disabled = !on;
  // If a button is disabled while it has the focus, the focus is lost.
  if ((focused === next || focused === last) && !on && back) previous.focus();
  if ((focused === previous || focused === first) && !back && on) next.focus();
}
