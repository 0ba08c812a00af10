import { expect, test } from 'vitest';
import { run } from '../support/command.ts';

test('doctor ends with 1 where something fails, and says in JSON what', async () => {
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
