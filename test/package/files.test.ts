import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the package has what its code reads from files', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    // The list of files is longer than what is buffered by default.
    maxBuffer: 16 * 1024 * 1024,
  });
  const [packed] = Object.values<{ files: { path: string }[] }>(JSON.parse(stdout));
  const paths = packed?.files.map(({ path }) => path) ?? [];
  expect(paths).toEqual(
    expect.arrayContaining([
      'assets/graphiql/off.html',
      'assets/graphiql/page.css',
      'assets/graphiql/page.html',
      'assets/graphiql/page.js',
      'assets/graphiql/vendor/graphiql.css.gz',
      'assets/graphiql/vendor/graphiql.js.gz',
      'schema/catalog.sql',
      'schema/orders-roles.sql',
      'schema/orders.sql',
      'schema/roles.sql',
    ]),
  );
  expect(paths.filter((path) => path.startsWith('assets/') && path.endsWith('.json'))).toEqual([]);
});
