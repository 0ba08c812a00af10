import type { ColumnDefinition, ForeignTableDefinition } from '../../model/definition.ts';
import type { Dialect, ValueForm } from '../../model/dialect.ts';
import type { Origin, Reason } from '../../model/model.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { nearestSpelling } from '../../model/spelling.ts';
import { qualifiedName, quoteIdentifier } from '../../model/statement.ts';
import { fieldNames } from './fields.ts';
import { namesAttribute, standardAttributes } from './standard-attributes.ts';

/** What the definitions of the Wrappers extension's Cognito wrapper mean. */
export const cognitoDialect: Dialect = {
  objectOf,
  originOf,
  formOf,
  tableOptions: new Map([['object', "What to read from the pool; `'users'` is the only choice."]]),
  columnOptions: new Map([
    ['attribute', 'The attribute of the user that the column exposes, such as `custom:tenant`.'],
  ]),
  readBy: 'gateway',
  defaultKeys: [['username'], ['sub']],
  // Not even `sub` is certain: a pool may return users without attributes.
  isAlwaysPresent: (origin) => origin.kind === 'field' && origin.field === 'username',
};

function objectOf(table: ForeignTableDefinition): Result<string, Reason> {
  const object = table.options.get('object');
  if (object === 'users') return success(object);
  const action = object === undefined ? 'add' : 'set';
  return failure({
    reason:
      object === undefined
        ? 'the table lacks the option object'
        : `the table's option object must be users, but is ${JSON.stringify(object)}`,
    hint: `${action} it with: alter foreign table ${qualifiedName(table)} options (${action} object 'users')`,
  });
}

function originOf(column: ColumnDefinition, table: ForeignTableDefinition): Result<Origin, Reason> {
  const attribute = column.options.get('attribute');
  if (attribute === '') {
    return failure({
      reason: "the column's option attribute is empty",
      hint: `name an attribute with: ${alterColumn(table, column, "set attribute 'custom:x'")}`,
    });
  }
  if (attribute !== undefined) {
    const meant = namesAttribute(attribute) ? undefined : nearestSpelling(attribute, standardAttributes);
    if (meant === undefined || meant === attribute) return success({ kind: 'attribute', attribute });
    return failure({
      reason: `the column's option attribute is ${JSON.stringify(attribute)}, which is no attribute of a Cognito user`,
      hint: `did you mean '${meant}'? correct it with: ${alterColumn(table, column, `set attribute '${meant}'`)}`,
    });
  }
  if (column.name === 'attributes') return allAttributes(column);
  if (fieldNames.has(column.name)) return success({ kind: 'field', field: column.name });
  if (namesAttribute(column.name)) return success({ kind: 'attribute', attribute: column.name });
  const meant = nearestSpelling(column.name, [...fieldNames, 'attributes', ...standardAttributes]);
  const mapping = (name: string) => alterColumn(table, column, `add attribute '${name}'`);
  return failure({
    reason:
      'a column must be named like a field or an attribute of a Cognito user, or have the option attribute',
    hint:
      meant === undefined
        ? `map it with: ${mapping('custom:x')}`
        : `did you mean ${quoteIdentifier(meant)}? rename it, or map it with: ${mapping('custom:x')}`,
  });
}

function allAttributes({ type }: ColumnDefinition): Result<Origin, Reason> {
  if (!type.array && (type.name === 'jsonb' || type.name === 'json')) return success({ kind: 'attributes' });
  return failure({
    reason: `all attributes together are JSON, but its type is ${type.name}${type.array ? '[]' : ''}`,
    hint: 'declare it as jsonb',
  });
}

const boolean: ValueForm = { type: 'boolean', samples: ['true', 'false'] };
const timestamp: ValueForm = { type: 'timestamp', samples: ['2024-02-29 12:34:56.789'] };

/** The fields and attributes whose values always have the same form. */
const forms: ReadonlyMap<string, ValueForm> = new Map([
  ['enabled', boolean],
  ['email_verified', boolean],
  ['phone_number_verified', boolean],
  ['created_at', timestamp],
  ['updated_at', timestamp],
  ['sub', { type: 'uuid', samples: ['0b4fd1a2-5c1e-4d0a-9c55-1c2f6d2f9a10'] }],
  ['email', { type: 'text', samples: ['jan@example.com'] }],
]);

function formOf(origin: Origin): ValueForm | undefined {
  if (origin.kind === 'attributes') return undefined;
  return forms.get(origin.kind === 'field' ? origin.field : origin.attribute);
}

function alterColumn(table: ForeignTableDefinition, column: ColumnDefinition, options: string): string {
  return `alter foreign table ${qualifiedName(table)} alter column ${quoteIdentifier(column.name)} options (${options})`;
}
