import { SignJWT } from 'jose';
import type { Claims } from '../../auth/claims.ts';
import { attributeOf, type PoolUser } from '../../emulator/user.ts';

/** Signs the demo's tokens. It is public, because it only protects made-up users. */
export const demoSecret = 'the-demo-of-fdw-graphql-guards-nothing-with-this';

/** A caller of the demo: a role of `schema/roles.sql`, with the claims of its token. */
export interface DemoCaller {
  readonly role: string;
  /** What the role sees, in a few words. */
  readonly sees: string;
  readonly claims: Claims;
}

/** The callers to try, starting with the one who sees least. */
export function demoCallers([alice]: readonly PoolUser[]): readonly DemoCaller[] {
  const aliceClaims = alice && {
    sub: attributeOf(alice, 'sub'),
    username: alice.Username,
    tenant: attributeOf(alice, 'custom:tenant'),
  };
  return [
    { role: 'anon', sees: 'when users signed up, but not who they are', claims: {} },
    {
      role: 'authenticated',
      sees: 'as alice: her own account and the members of her tenant',
      claims: aliceClaims ?? {},
    },
    { role: 'service_role', sees: 'everything', claims: {} },
  ];
}

/** A caller's token. It never expires and is the same at every start. */
export function signToken({ role, claims }: DemoCaller): Promise<string> {
  return new SignJWT({ ...claims, role })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(demoSecret));
}
