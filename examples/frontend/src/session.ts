/** The callers who can sign in, and what the catalog of `npm run demo -- --auth` lets them see. */
export const callers = {
  anon: {
    label: 'Nobody',
    sees: 'Visitors see when users signed up, but not who they are: that is all Postgres grants them.',
  },
  authenticated: {
    label: 'Alice',
    sees: 'Alice sees her own account: a row policy hides those of all others.',
  },
  service_role: { label: 'The service', sees: 'The service sees every user.' },
} as const satisfies Record<string, { label: string; sees: string }>;

export type CallerRole = keyof typeof callers;

/** The keys under which this tab stores the caller's role and token. */
const keys = { role: 'role', token: 'token' };

/** Whether there is a caller of that role. */
export function isCallerRole(role: string | null): role is CallerRole {
  return role !== null && Object.hasOwn(callers, role);
}

/** The role of the caller who is signed in. */
export function currentRole(): CallerRole {
  const role = sessionStorage.getItem(keys.role);
  return isCallerRole(role) ? role : 'anon';
}

/** The caller's token; undefined if no one is signed in. */
export function currentToken(): string | undefined {
  return sessionStorage.getItem(keys.token) ?? undefined;
}

/**
 * Signs a caller in with the identity provider's token, or out.
 *
 * @throws Error if there is no identity provider
 */
export async function signInAs(role: CallerRole): Promise<void> {
  if (role === 'anon') {
    sessionStorage.removeItem(keys.token);
    sessionStorage.removeItem(keys.role);
    return;
  }
  const response = await fetch(`/sign-in/${role}`).catch(() => undefined);
  const token = response?.ok ? await response.text() : '';
  // Servers of static files respond with the page itself.
  if (token.split('.').length !== 3) {
    throw new Error('Nobody signs callers in here. Serve this page with: npm run example');
  }
  sessionStorage.setItem(keys.token, token);
  sessionStorage.setItem(keys.role, role);
}
