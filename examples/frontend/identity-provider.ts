import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { demoCallers, signToken } from '../../src/cli/demo/callers.ts';
import { demoUsers } from '../../src/emulator/population.ts';

/** The path under which Vite's servers sign callers in. */
const path = '/sign-in/';

/**
 * Stands in for an identity provider: `/sign-in/authenticated` returns a token for that role, which
 * `npm run demo -- --auth` accepts. A real page gets its tokens from Cognito, Supabase or the like, and never has the
 * key that signs them.
 */
export function identityProvider(): Plugin {
  const callers = demoCallers(demoUsers(1));
  async function signIn(
    { url = '' }: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ): Promise<void> {
    const caller = callers.find(({ role }) => url === `${path}${role}`);
    if (!caller) return next();
    response.setHeader('content-type', 'text/plain').end(await signToken(caller));
  }
  return {
    name: 'identity-provider',
    configureServer: ({ middlewares }) => void middlewares.use(signIn),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(signIn),
  };
}
