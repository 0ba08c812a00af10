import type { ShownUser } from './read-users.ts';
import { statusLabel } from './user-search.ts';

const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** A user's row of the table, without cells for what the caller may not read. */
export function userRow(user: ShownUser): HTMLTableRowElement {
  const row = document.createElement('tr');
  if (user.username !== undefined) {
    row.append(cell('who', nameOf(user), text('code', user.username)), cell('email', ...emailOf(user)));
  }
  row.append(
    cell('status', ...badges(user)),
    cell('since', user.created_at === null ? absent('unknown') : day(user.created_at)),
  );
  return row;
}

/** The outline of a row, shown while users are loading. */
export function skeletonRow(): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.className = 'skeleton';
  row.ariaHidden = 'true';
  row.append(
    cell('who', text('span', '')),
    ...['email', 'status', 'since'].map((name) => cell(name, text('span', ''))),
  );
  return row;
}

function nameOf({ given_name, family_name }: ShownUser): HTMLElement {
  const name = [given_name, family_name].filter(Boolean).join(' ');
  return name ? text('strong', name) : absent('no name');
}

/** An e-mail address that preferably breaks before its @. */
function emailOf({ email }: ShownUser): (Node | string)[] {
  if (email === null || email === undefined) return [absent('no e-mail')];
  const at = email.lastIndexOf('@');
  return at < 0 ? [email] : [email.slice(0, at), document.createElement('wbr'), email.slice(at)];
}

function badges({ status, enabled }: ShownUser): HTMLElement[] {
  const badge = badgeOf(status ?? 'UNKNOWN');
  return enabled === false ? [badge, badgeOf('DISABLED')] : [badge];
}

function badgeOf(status: string): HTMLElement {
  const badge = text('span', statusLabel(status));
  badge.className = 'badge';
  badge.dataset.status = status;
  return badge;
}

/** @param timestamp in UTC, because a `timestamp` of the catalog has no offset */
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

function cell(name: string, ...content: (Node | string)[]): HTMLTableCellElement {
  const element = document.createElement('td');
  element.className = name;
  element.append(...content);
  return element;
}

function text(tag: 'strong' | 'code' | 'span', content: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}
