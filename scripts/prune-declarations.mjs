/**
 * Removes the declarations that no public type refers to, which are hundreds of files, to make the installed package
 * smaller.
 */
import { readdir, readFile, rm } from 'node:fs/promises';

const dist = new URL('../dist/', import.meta.url);
const { exports } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));

const reached = new Set();
const next = Object.values(exports).map(({ types }) => new URL(`../${types}`, import.meta.url).href);
for (let file = next.pop(); file; file = next.pop()) {
  if (reached.has(file)) continue;
  reached.add(file);
  const declaration = await readFile(new URL(file), 'utf8');
  for (const [, module] of declaration.matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)) {
    next.push(new URL(module.replace(/\.[jt]s$/, '.d.ts'), file).href);
  }
}
for (const name of await readdir(dist, { recursive: true })) {
  const file = new URL(name.replaceAll('\\', '/'), dist);
  if (name.endsWith('.d.ts') && !reached.has(file.href)) await rm(file);
}
