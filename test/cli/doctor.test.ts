import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from '../support/command.ts';
import { createDatabase } from '../support/database.ts';

test('doctor exits with 1 if something fails, and says what in JSON', async () => {
  const { code, stdout } = await run([
    'doctor',
    '--database-url',
    'postgres://u:hush@127.0.0.1:1/x',
    '--json',
  ]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    healthy: false,
    sections: [{ title: 'Catalog', findings: [{ check: 'connection', status: 'fail' }] }],
  });
  expect(stdout).not.toContain('hush');
});

test('doctor checks sharing if scans are shared', async () => {
  const database = await createDatabase();
  const { stdout } = await run(['doctor', '--database-url', database.url, '--share', '--json']);
  await database.drop();
  const sharing = JSON.parse(stdout).sections.find(({ title }: { title: string }) => /^Sharing/.test(title));
  expect(sharing.findings.map(({ check }: { check: string }) => check)).toEqual([
    'writing',
    'tables',
    'clock',
    'news',
  ]);
});

test('doctor says that files of SQL are no place to share scans', async () => {
  const catalog = fileURLToPath(new URL('../../schema/catalog.sql', import.meta.url));
  const { code, stdout } = await run(['doctor', '--catalog', catalog, '--share', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).sections.at(-1)).toMatchObject({
    title: 'Sharing (--share)',
    findings: [{ status: 'fail', fix: 'give --database-url' }],
  });
}, 60_000);

test('doctor checks only the kind of foreign tables that --sources chooses', async () => {
  const catalog = fileURLToPath(new URL('../../schema/catalog.sql', import.meta.url));
  const { stdout } = await run(['doctor', '--catalog', catalog, '--sources', 'sql', '--json']);
  const titles = JSON.parse(stdout).sections.map(({ title }: { title: string }) => title);
  expect(titles).toEqual(['Catalog']);
}, 60_000);
