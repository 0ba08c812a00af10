import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { demoCallers, signToken } from '../../src/cli/demo-callers.ts';
import { demoUsers } from '../../src/emulator/population.ts';

/** Where Vite's servers sign callers in. */
const path = '/sign-in/';

/**
 * Plays the identity provider: `/sign-in/authenticated` answers with a token of that role, as `npm run demo -- --auth`
 * accepts it. A real page gets its tokens from where people sign in, such as Cognito or Supabase, and never sees what
 * signs them.
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
