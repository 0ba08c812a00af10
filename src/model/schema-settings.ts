import type { SchemaDefinition } from './definition.ts';
import { parseComment, SettingsReader } from './directive.ts';
import type { Problem } from './model.ts';

/** What the directive of a schema sets, for every table in it. */
export interface SchemaSettings {
  readonly inflectNames: boolean;
  readonly maxRows: number | undefined;
  readonly introspection: boolean | undefined;
}

/** The settings of a schema whose comment has no directive. */
export const defaultSchemaSettings: SchemaSettings = {
  inflectNames: false,
  maxRows: undefined,
  introspection: undefined,
};

/** Reads a schema's directive; what is wrong with it goes to `problems`. */
export function readSchemaSettings(schema: SchemaDefinition, problems: Problem[]): SchemaSettings {
  const comment = parseComment(schema.comment);
  const reader = new SettingsReader(comment.settings);
  const settings = {
    inflectNames: reader.boolean('inflect_names') ?? false,
    maxRows: reader.count('max_rows'),
    introspection: reader.boolean('introspection'),
  };
  problems.push(...directiveProblems(`schema ${schema.name}`, comment.malformed, reader));
  return settings;
}

/** The problems of one object's directive, once everything that has a meaning there was read. */
export function directiveProblems(
  object: string,
  malformed: string | undefined,
  reader: SettingsReader,
): readonly Problem[] {
  const hint = 'correct the directive in its comment; until then it is as if it were not there';
  if (malformed) return [{ object, reason: `the @graphql directive is malformed: ${malformed}`, hint }];
  return [
    ...reader.faults.map((fault) => ({ object, reason: `in the @graphql directive, ${fault}`, hint })),
    ...reader.unknownKeys.map((key) => ({
      object,
      reason: `the @graphql directive has the key ${JSON.stringify(key)}, which means nothing here`,
      hint: 'remove the key, or correct its spelling',
    })),
  ];
}
