import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../../src/', import.meta.url).pathname;
const map = await readFile(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
const paths = (await readdir(root, { recursive: true })).filter((path) => path.endsWith('.ts'));
const sources = new Map(
  await Promise.all(paths.map(async (path) => [path, await readFile(`${root}${path}`, 'utf8')] as const)),
);

/** The rooms of the map, with the rooms that each may import. */
const rooms = new Map(
  [...map.matchAll(/^\| `(\w+)\/` \|.*\| ([\w, –]+) \|$/gm)].map(([, room = '', imports = '']) => [
    room,
    imports === '–' ? [] : imports.split(', '),
  ]),
);

/** The room of a file; undefined if it is at the top of `src/`. */
function roomOf(path: string): string | undefined {
  return path.includes('/') ? path.split('/', 1)[0] : undefined;
}

function importsOf(room: string): string[] {
  const found = new Set<string>();
  for (const [path, source] of sources) {
    if (roomOf(path) !== room) continue;
    for (const [, specifier = ''] of source.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
      const other = roomOf(relative(root, resolve(root, dirname(path), specifier)));
      if (other !== undefined && other !== room) found.add(other);
    }
  }
  return [...found].sort();
}

test('the map has every room, with exactly the rooms that it imports', () => {
  const actual = new Set(paths.flatMap((path) => roomOf(path) ?? []));
  expect(new Set(rooms.keys())).toEqual(actual);
  for (const [room, imports] of rooms) expect(imports, room).toEqual(importsOf(room));
});

test('the page names only files that exist', () => {
  const names = [...map.matchAll(/`([\w/-]+\.ts)`/g)].map(([, name = '']) => name.replace(/^src\//, ''));
  expect(names.length).toBeGreaterThan(40);
  for (const name of names) {
    expect(
      paths.some((path) => (name.includes('/') ? path === name : basename(path) === name)),
      name,
    ).toBe(true);
  }
});

test('the walk of a request names only functions, methods and types that exist', () => {
  const [, walk = ''] = map.split('## A request, step by step');
  const [steps = ''] = walk.split('\n## ');
  const all = [...sources.values()].join('\n');
  const names = [...steps.matchAll(/`(\w+(?:\.\w+)?)`/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(30);
  for (const name of names.filter((each) => !each.endsWith('.ts'))) {
    for (const part of name.split('.')) {
      expect(all, name).toMatch(
        new RegExp(`(function|class|interface|type|readonly) ${part}\\b|^ +(async )?${part}[(<]`, 'm'),
      );
    }
  }
});
