import { readFileSync } from 'node:fs';
import { run } from '../support/command.ts';
import { root } from './markdown.ts';

/** The commands of a block of shell: a line each, with those that go on joined, without comments. */
export function commandsOf(shell: string): readonly string[] {
  return shell
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** What people write for the command line of this package. */
const ours = /^(?:[A-Z_]+=\S+ )*(?:npx fdw-graphql|fdw-graphql|npx tsx src\/cli\/main\.ts)(?: (.*))?$/;

/** The arguments of a command of this package, without redirections; undefined where it is another's. */
export function ownArguments(command: string): readonly string[] | undefined {
  const matched = ours.exec(command);
  if (!matched) return undefined;
  return (matched[1] ?? '')
    .replace(/\s[>|].*$/, '')
    .split(/\s+/)
    .filter(Boolean);
}

const helps = new Map<string, Promise<string>>();

/** What is wrong with a command of this package: a subcommand or flag that it does not have. */
export async function mistakesOf([subcommand = '', ...flags]: readonly string[]): Promise<readonly string[]> {
  if (subcommand.startsWith('-')) return ['--help', '--version'].includes(subcommand) ? [] : [subcommand];
  const asked = helps.get(subcommand) ?? run([subcommand, '--help']).then(({ stdout }) => stdout);
  helps.set(subcommand, asked);
  const help = await asked;
  if (!help.startsWith(`Usage: fdw-graphql ${subcommand}`)) return [subcommand];
  return flags
    .filter((flag) => flag.startsWith('--'))
    .map((flag) => flag.replace(/=.*/, ''))
    .filter((flag) => !new RegExp(`^ +(-\\w, )?${flag}\\b`, 'm').test(help));
}

/** Whether a command of npm can be run in this repository. */
export function npmKnows(command: string): boolean {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const [, script] = /^(?:[A-Z_]+=\S+ )*npm run (\S+)/.exec(command) ?? [];
  return script === undefined ? /^npm (ci|test|link)$/.test(command) : Object.hasOwn(scripts, script);
}
