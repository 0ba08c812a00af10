import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const setup = new URL('postgres-server.ts', import.meta.url).href;

/** A run of tests with this exit code, as far as the server is concerned. */
const run = (code: number) => `
  const { setup } = await import(${JSON.stringify(setup)});
  const teardown = await setup({ provide: () => undefined, config: { env: {} } });
  process.exitCode = ${code};
  await teardown();
`;

test.each([
  ['succeeded', 0],
  ['failed', 1],
])('a run whose tests have %s exits with %i', async (_, code) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', run(code)], { stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([code, null]);
});
