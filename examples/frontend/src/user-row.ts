import type { UserFragment } from './generated/graphql.ts';
import { statusLabel } from './user-search.ts';

const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** The table's row of a user. */
export function userRow(user: UserFragment): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.append(
    cell(nameOf(user), text('code', user.username)),
    cell(...(user.email === null ? [absent('no e-mail')] : breakable(user.email))),
    cell(...badges(user)),
    cell(user.created_at === null ? absent('unknown') : day(user.created_at)),
  );
  return row;
}

function nameOf({ given_name, family_name }: UserFragment): HTMLElement {
  const name = [given_name, family_name].filter(Boolean).join(' ');
  return name ? text('strong', name) : absent('no name');
}

/** An address that rather breaks before its @ than anywhere else. */
function breakable(email: string): (Node | string)[] {
  const at = email.lastIndexOf('@');
  return at < 0 ? [email] : [email.slice(0, at), document.createElement('wbr'), email.slice(at)];
}

function badges({ status, enabled }: UserFragment): HTMLElement[] {
  const badge = text('span', statusLabel(status ?? 'unknown'));
  badge.className = 'badge';
  badge.dataset.status = status ?? '';
  if (enabled !== false) return [badge];
  const disabled = text('span', 'disabled');
  disabled.className = 'badge';
  return [badge, disabled];
}

/** @param timestamp in UTC, as a `timestamp` of the catalog has no offset */
function day(timestamp: string): HTMLElement {
  const time = document.createElement('time');
  time.dateTime = `${timestamp}Z`;
  time.title = `${timestamp.replace('T', ' ')} UTC`;
  time.textContent = dayFormat.format(new Date(time.dateTime));
  return time;
}

function absent(what: string): HTMLElement {
  const element = text('span', what);
  element.className = 'absent';
  return element;
}

function cell(...content: (Node | string)[]): HTMLTableCellElement {
  const element = document.createElement('td');
  element.append(...content);
  return element;
}

function text(tag: 'strong' | 'code' | 'span', content: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}
