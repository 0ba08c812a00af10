import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: {
      // Node's own choice for this package, which has no exports map: two copies of it in one process refuse each other.
      graphql: 'graphql/index.js',
      // Examples name the package as those who install it do.
      'fdw-graphql/config': new URL('src/cli/config.ts', import.meta.url).pathname,
      'fdw-graphql': new URL('src/index.ts', import.meta.url).pathname,
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres-server.ts'],
    // Two cores: more workers only take turns.
    maxWorkers: 2,
    env: {
      // Processes that the sources start are of TypeScript too.
      NODE_OPTIONS: `--import=${import.meta.resolve('tsx')}`,
      // What a test leaves behind is not for the user's own cache.
      XDG_CACHE_HOME: join(tmpdir(), `fdw-graphql-cache-${process.pid}`),
    },
    // The default of a second is short where other programs work as well.
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
