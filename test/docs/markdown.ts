import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A fenced code block of a document. */
export interface CodeBlock {
  /** Such as `docs/clients.md:12`. */
  readonly place: string;
  /** The document's path. */
  readonly document: string;
  /** Empty where the block names none. */
  readonly language: string;
  /** What stands behind the language: a path, `illustration`, or nothing. */
  readonly info: string;
  readonly text: string;
}

/** The root of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The documents whose code blocks are tested: all that people read. */
export function documents(): readonly string[] {
  const inFolder = (folder: string) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
      .map((path) => `${folder}/${path}`);
  return ['README.md', 'CONTRIBUTING.md', ...inFolder('docs'), ...inFolder('examples')];
}

/** A document's code blocks, without the indentation that those in lists have. */
export function codeBlocks(document: string): readonly CodeBlock[] {
  const markdown = readFileSync(`${root}${document}`, 'utf8');
  const fences = markdown.matchAll(/^( *)```([^\s`]*)[ \t]*([^\n]*)\n(.*?)^\1```[ \t]*$/gms);
  return Array.from(fences, ({ index, 1: indent = '', 2: language = '', 3: info = '', 4: text = '' }) => ({
    place: `${document}:${markdown.slice(0, index).split('\n').length}`,
    document,
    language,
    info: info.trim(),
    text: text
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join('\n')
      .trimEnd(),
  }));
}

/** The files that a document links to. */
export function linksOf(document: string): readonly string[] {
  const markdown = readFileSync(`${root}${document}`, 'utf8').replace(/^ *```.*?^ *```/gms, '');
  return Array.from(markdown.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g), ([, target = '']) => target).filter(
    (target) => !/^[a-z]+:/.test(target),
  );
}

/** What a file shows in documents: what stands between `#region` and `#endregion`, else all of it. */
export function shownPartOf(path: string): string {
  const source = readFileSync(`${root}${path}`, 'utf8');
  const region = /\/\/ #region[^\n]*\n(.*?)\n\/\/ #endregion/s.exec(source);
  return (region?.[1] ?? source).trimEnd();
}
