import { expect, test } from 'vitest';
import { variablesOf } from '../../src/cli/flags/configuration.ts';
import type { AnyFlag } from '../../src/cli/flags/flag.ts';
import { flagsOf } from '../../src/cli/flags/flags.ts';
import type { KnownOptions } from '../../src/model/dialect.ts';
import {
  columnKeys,
  type DirectiveKey,
  enumKeys,
  schemaKeys,
  serverKeys,
  tableKeys,
} from '../../src/model/directive.ts';
import { createSourceKinds } from '../../src/source/kinds.ts';
import { resolveSourceSettings } from '../../src/source/settings.ts';

/** The pages of `docs/reference` that are generated from the code. `npm run reference` updates them. */
const page = (name: string) => new URL(`../../docs/reference/${name}.md`, import.meta.url).pathname;

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

test('flags', async () => {
  const commands: readonly (readonly [string, readonly AnyFlag[]])[] = Object.entries(flagsOf);
  const flags = [...new Map(commands.flatMap(([, all]) => all.map((flag) => [flag.flags, flag]))).values()];
  const topicOf = ({ helpGroupHeading = 'General:' }: AnyFlag) => helpGroupHeading.replace(':', '');
  const rowOf = ({ flags: name }: AnyFlag) => {
    const uses = commands.flatMap(([command, flags]) => {
      const flag = flags.find((each) => each.flags === name);
      return flag ? [{ command, flag }] : [];
    });
    const [first] = uses;
    if (!first) throw new Error(`no command has ${name}`);
    const defaults = new Map(uses.map(({ command, flag }) => [command, defaultOf(flag)]));
    const isShared = new Set(defaults.values()).size === 1;
    const shown = isShared
      ? defaultOf(first.flag)
      : [...defaults].map(([command, value]) => `${value} (\`${command}\`)`).join(', ');
    const { flag } = first;
    const choices = flag.argChoices ? `: ${flag.argChoices.map((choice) => `\`${choice}\``).join(', ')}` : '';
    return [
      `\`${name}\``,
      shown,
      `${flag.description}${choices}`,
      `\`${variablesOf(flag)[1]}\``,
      uses.map(({ command }) => command).join(', '),
    ];
  };
  const sections = [...new Set(flags.map(topicOf))].map((topic) => {
    const rows = flags.filter((flag) => topicOf(flag) === topic).map(rowOf);
    return `## ${topic}\n\n${table(['flag', 'default', 'meaning', 'variable', 'commands'], rows)}\n`;
  });
  await expect(`# Flags

Each flag is also a variable, and a key of the file that \`--config\` names. The variable has the name below, with or without
the prefix \`FDW_GRAPHQL_\`; the key is the flag's name in camelCase, such as \`maxAge\`. The command line takes precedence
over variables, \`FDW_GRAPHQL_…\` over the short name, and variables over the file. Durations are written as \`500ms\`,
\`30s\`, \`10m\`, \`2h\`, or in plain seconds. A flag with \`[on|off]\` and no value means \`on\`.

${sections.join('\n')}`).toMatchFileSnapshot(page('flags'));
});

function defaultOf(flag: AnyFlag): string {
  const value = flag.defaultValueDescription ?? flag.defaultValue;
  return value === undefined ? '' : `\`${value}\``;
}

test('directives', async () => {
  const keys = (of: Readonly<Record<string, DirectiveKey>>) =>
    table(
      ['key', 'value', 'meaning'],
      Object.values(of).map(({ name, expected, meaning }) => [`\`${name}\``, expected, meaning]),
    );
  await expect(`# Directives

A comment may contain one directive, \`@graphql({…})\` with JSON in parentheses; the rest of the comment is the
description. An invalid directive is a problem that \`inspect\` lists. It affects nothing else, with one exception: if it may
have been meant to contain policies, the rows of the table are hidden until it is corrected.

## On a schema

${keys(schemaKeys)}

## On a server

${keys(serverKeys)}

## On a foreign table

A view that selects columns of a foreign table is a table as well, and has the same keys, except that \`scan_as\` is that of
its foreign table. If several tables of one snapshot set a duration, the shortest applies.

${keys(tableKeys)}

## On a column

${keys(columnKeys)}

## On an enum type

${keys(enumKeys)}
`).toMatchFileSnapshot(page('directives'));
});

test('options', async () => {
  const readSecret = async () => '';
  const kinds = createSourceKinds(
    { readSecret, database: undefined },
    resolveSourceSettings({}),
    'all',
  ).chosen;
  const options = (known: KnownOptions) =>
    known.size === 0
      ? 'Those of its wrapper; Postgres passes them on.'
      : table(
          ['option', 'meaning'],
          [...known].map(([name, meaning]) => [`\`${name}\``, meaning]),
        );
  const sections = kinds.map(
    ({ name, serverOptions, dialect }) => `## ${name}

### On a server

${options(serverOptions)}

### On a foreign table

${options(dialect.tableOptions)}

### On a column

${options(dialect.columnOptions)}
`,
  );
  await expect(`# Options of servers, tables and columns

What \`options (…)\` mean for each kind of foreign-data wrapper. Other options are accepted and ignored, except that one
that looks like a misspelling is a problem that \`inspect\` lists.

${sections.join('\n')}`).toMatchFileSnapshot(page('options'));
});
