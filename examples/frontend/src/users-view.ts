import type { UsersPageQuery } from './generated/graphql.ts';
import { element } from './page-element.ts';
import { userRow } from './user-row.ts';
import { isOrderName, orders, statuses, statusLabel, type UserSearch } from './user-search.ts';

type Connection = UsersPageQuery['cognitoUserCollection'];

const form = element('#search', HTMLFormElement);
const textField = element('#search [name=text]', HTMLInputElement);
const statusField = element('#search [name=status]', HTMLSelectElement);
const orderField = element('#search [name=order]', HTMLSelectElement);
const summary = element('#summary', HTMLElement);
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

/** A page's neighbour or end. */
export type Step = keyof typeof pageButtons;

/** What the page's controls lead to. */
export interface Controls {
  /** The user has chosen other users or another order; `typing` while more keys may follow. */
  search(terms: Pick<UserSearch, 'text' | 'status' | 'order'>, typing: boolean): void;
  turn(step: Step): void;
  retry(): void;
}

/** Fills the choices in and connects the controls. */
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
  retry.addEventListener('click', () => controls.retry());
  for (const step of ['first', 'previous', 'next', 'last'] as const) {
    pageButtons[step].addEventListener('click', () => controls.turn(step));
  }
}

/** Shows what is searched for. */
export function showTerms({ text, status, order }: UserSearch): void {
  if (textField.value.trim() !== text) textField.value = text;
  if (!Array.from(statusField.options).some((option) => option.value === status)) {
    statusField.append(new Option(statusLabel(status), status));
  }
  statusField.value = status;
  orderField.value = order;
}

/** Shows that an answer is awaited. What is on the page stays until it comes. */
export function showBusy(): void {
  table.ariaBusy = 'true';
}

/** Shows a page of users. */
export function showUsers({ totalCount, pageInfo, edges }: Connection): void {
  const count = totalCount.toLocaleString();
  summary.textContent = totalCount === 1 ? '1 user' : `${count} users`;
  rows.replaceChildren(...edges.map(({ node }) => userRow(node)));
  nobody.hidden = edges.length > 0;
  pageButtons.first.disabled = !pageInfo.hasPreviousPage;
  pageButtons.previous.disabled = !pageInfo.hasPreviousPage;
  pageButtons.next.disabled = !pageInfo.hasNextPage;
  pageButtons.last.disabled = !pageInfo.hasNextPage;
  table.ariaBusy = 'false';
}

/** Shows why there are no users to show. */
export function showFailure(message: string): void {
  summary.textContent = '';
  rows.replaceChildren();
  nobody.hidden = true;
  for (const button of Object.values(pageButtons)) button.disabled = true;
  showProblem(message);
  table.ariaBusy = 'false';
}

/** Shows why a part of what is shown is missing; without a message, that nothing is. */
export function showProblem(message: string | undefined): void {
  problem.hidden = message === undefined;
  problemText.textContent = message ?? '';
}

/** Shows how far the gateway is with its first reading of the pool. */
export function showProgress(users: number): void {
  summary.textContent = `Reading the pool: ${users.toLocaleString()} users so far…`;
}
