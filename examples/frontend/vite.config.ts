import { defineConfig } from 'vite';
import { identityProvider } from './identity-provider.ts';

/** Sends the page's requests to the gateway, as `npm run demo` and `npm start` serve it. */
const proxy = { '/graphql': 'http://127.0.0.1:4000' };

export default defineConfig({ plugins: [identityProvider()], server: { proxy }, preview: { proxy } });
