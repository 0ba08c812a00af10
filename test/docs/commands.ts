import { readFileSync } from 'node:fs';
import { run } from '../support/command.ts';
import { root } from './markdown.ts';

/** The commands of a block of shell, one per line: continued lines are joined, comments removed. */
export function commandsOf(shell: string): readonly string[] {
  return shell
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The spellings of this package's command line. */
const ours = /^(?:[A-Z_]+=\S+ )*(?:npx fdw-graphql|fdw-graphql|npx tsx src\/cli\/main\.ts)(?: (.*))?$/;

/** The arguments of a command of this package, without redirections; undefined if it is another command. */
export function ownArguments(command: string): readonly string[] | undefined {
  const matched = ours.exec(command);
  if (!matched) return undefined;
  return (matched[1] ?? '')
    .replace(/\s[>|].*$/, '')
    .split(/\s+/)
    .filter(Boolean);
}

/** The names of this package's commands, as `--help` lists them. */
export async function commandNames(): Promise<readonly string[]> {
  const { stdout } = await run(['--help']);
  const [, list = ''] = stdout.split('Commands:');
  return [...list.matchAll(/^ {2}(\w+)/gm)].flatMap(([, name = '']) => (name === 'help' ? [] : [name]));
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
