import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serveFlags } from '../../src/cli/flags/flags.ts';

const root = new URL('../../', import.meta.url);
const instructions = parse(readFileSync(new URL('Dockerfile', root), 'utf8'));
const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
const all = (name: string) => last.filter((instruction) => instruction.name === name).map(({ rest }) => rest);

test('the image runs as a user other than root, by number', () => {
  expect(Number(all('USER').at(-1))).toBeGreaterThan(0);
});

test('only the folder of snapshots has to be writable', () => {
  expect(all('VOLUME')).toEqual(['/var/lib/fdw-graphql']);
  expect(all('ENV').join(' ')).toContain('SNAPSHOT_DIR=/var/lib/fdw-graphql/snapshots');
});

test('its entry point is the program of the package', () => {
  const { bin, name } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const path = bin['fdw-graphql'].replace('./', `node_modules/${name}/`);
  expect(all('ENTRYPOINT').map((json) => JSON.parse(json))).toEqual([['node', path]]);
});

/** https://sourceware.org/glibc/manual/latest/html_node/Malloc-Tunable-Parameters.html */
const glibcVariables = ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];

test('its variables are those of flags that there are, of Node and of glibc', () => {
  const variables = Object.values(serveFlags).map((flag) => flag.name().replaceAll('-', '_').toUpperCase());
  const set = all('ENV').flatMap((rest) => [...rest.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name));
  const known = [...variables, 'NODE_ENV', ...glibcVariables];
  for (const name of set) expect(known).toContain(name);
});

test('the health check asks whether the process lives, on the admin port', () => {
  const [port] = /ADMIN_PORT=(\d+)/.exec(all('ENV').join(' '))?.slice(1) ?? [];
  expect(all('HEALTHCHECK').join()).toContain(`http://127.0.0.1:${port}/live`);
});

/** The instructions, each on one line: https://docs.docker.com/reference/dockerfile/ */
function parse(text: string): readonly { readonly name: string; readonly rest: string }[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() && !line.startsWith('#'))
    .map((line) => {
      const [name = '', ...rest] = line.split(' ');
      return { name, rest: rest.join(' ') };
    });
}
