import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Within the project, so that what the types name is found as in an installation.
const folder = join(root, 'node_modules/.cache/published-types');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const run = (args: readonly string[]) => promisify(execFile)(process.execPath, [tsc, ...args], { cwd: root });

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run(['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', join(folder, 'dist')]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A program that uses the package, checked together with every declaration that it leads to. */
async function check(program: string): Promise<string> {
  await writeFile(join(folder, 'program.ts'), program);
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2023'],
        types: ['node'],
        paths: { 'fdw-graphql': ['./dist/index.d.ts'], 'fdw-graphql/config': ['./dist/cli/config.d.ts'] },
      },
      files: ['program.ts'],
    }),
  );
  return run(['-p', folder]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

test('a program that checks the declarations of its libraries compiles', async () => {
  const program = `
    import { createServer } from 'node:http';
    import { createGateway, type Gateway } from 'fdw-graphql';
    import { defineConfig } from 'fdw-graphql/config';
    export const config = defineConfig({});
    const gateway: Gateway = await createGateway({ catalog: { files: ['catalog.sql'] } });
    const response: Response = await gateway.fetch(new Request('http://any.host/graphql'));
    createServer(gateway.listener);
    export const { status } = response;`;
  expect(await check(program)).toBe('');
}, 120_000);
