import type { ServeFlags } from '../flags/flags.ts';

/** What to try with a running demo. */
export interface Invitation {
  /** The address of GraphQL. */
  readonly url: string;
  /** The callers to try, with their tokens; empty if the demo does not verify tokens. */
  readonly callers: readonly { readonly role: string; readonly sees: string; readonly token: string }[];
}

/** Prints what to try: lines to copy for people, or one line of JSON for programs, like the log. */
export function printInvitation(invitation: Invitation, format: ServeFlags['logFormat']): void {
  const text = format === 'pretty' ? forPeople(invitation) : JSON.stringify(forPrograms(invitation));
  process.stdout.write(`${text}\n`);
}

function forPrograms({ url, callers }: Invitation) {
  const tokens = callers.map(({ role, token }) => [role, token]);
  return { event: 'demo', curl: curl(url), ...(tokens.length > 0 && { tokens: Object.fromEntries(tokens) }) };
}

function forPeople({ url, callers }: Invitation): string {
  const tokens = callers.flatMap(({ role, sees, token }) => [`  # ${role}: ${sees}`, `  ${token}`, '']);
  const lines = [
    `In a browser:      ${url}`,
    `On a command line: ${curl(url)}`,
    ...(tokens.length > 0
      ? [
          '',
          'With one of these tokens in the header Authorization: Bearer <token> you are someone else:',
          '',
          ...tokens,
        ]
      : ['', 'Roles that see less: start it with --auth.', '']),
  ];
  return ['', ...lines].join('\n');
}

/** A query that every role of the demo may run. */
const query = '{ cognitoUserCollection { totalCount } }';

function curl(url: string): string {
  return `curl ${url} -H 'content-type: application/json' -d '${JSON.stringify({ query })}'`;
}
