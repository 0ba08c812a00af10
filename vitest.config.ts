import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Node's own choice for this package, which has no exports map: two copies of it in one process refuse each other.
  resolve: { alias: { graphql: 'graphql/index.js' } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres-server.ts'],
    // Two cores: more workers only take turns.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
