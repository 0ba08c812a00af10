import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import type { Observation } from '../../src/observation.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';

test('changed files are read again, and an invalid one leaves the last catalog in effect', {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  const write = (name: string, sql: string) => writeFile(join(folder, name), sql);
  await write('1.sql', `${cognitoServer} ${sevenColumns}`);
  const observations: Observation[] = [];
  const gateway = await createGateway({
    catalog: { files: [folder] },
    reloadIntervalMs: 50,
    observe: (observation) => observations.push(observation),
  });
  const columns = () => gateway.model.tables.flatMap((table) => table.columns.map(({ name }) => name));
  expect(columns()).toHaveLength(7);
  await write('2.sql', 'alter foreign table cognito.users drop column status');
  await vi.waitUntil(() => columns().length === 6, 60_000);
  await write('3.sql', '\nalter foreign table cognito.users drop column nothing');
  await vi.waitUntil(() => gateway.status().reloadFailure !== undefined, 60_000);
  expect(gateway.status().reloadFailure?.message).toBe(
    `${join(folder, '3.sql')}:2: alter foreign table cognito.users drop column nothing: column "nothing" of relation "users" does not exist`,
  );
  expect(columns()).toHaveLength(6);
  await write('3.sql', 'select 1');
  await vi.waitUntil(() => gateway.status().reloadFailure === undefined, 60_000);
  await gateway.close();
  expect(observations.some(({ event }) => event === 'reload-failed')).toBe(true);
});
