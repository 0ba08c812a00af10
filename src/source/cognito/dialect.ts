import type { ColumnDefinition, ForeignTableDefinition, ServerDefinition } from '../../model/definition.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Origin, Problem } from '../../model/model.ts';
import { fieldNames } from './fields.ts';
import { namesAttribute } from './standard-attributes.ts';

/** What the definitions of the Wrappers extension's Cognito wrapper mean. */
export const cognitoDialect: Dialect = {
  recognises: isCognito,
  objectOf,
  originOf,
  defaultKeys: ['username', 'sub'],
  // Not even `sub` is certain: a pool may answer users without attributes.
  isAlwaysPresent: (origin) => origin.kind === 'field' && origin.field === 'username',
};

/** By the handler; a wrapper without one is known by its name or by its option `source`. */
function isCognito({ wrapper }: ServerDefinition): boolean {
  if (wrapper.handler !== undefined) return wrapper.handler === 'cognito_fdw_handler';
  return wrapper.name === 'cognito_wrapper' || wrapper.options.get('source') === 'cognito';
}

function objectOf(table: ForeignTableDefinition): { object: string } | Omit<Problem, 'object'> {
  const object = table.options.get('object');
  if (object === 'users') return { object };
  return {
    reason: `the table's option object must be users, but ${object === undefined ? 'it has none' : `got ${JSON.stringify(object)}`}`,
    hint: `${object === undefined ? 'add' : 'set'} it with: alter foreign table … options (${object === undefined ? 'add' : 'set'} object 'users')`,
  };
}

function originOf(column: ColumnDefinition): Origin | Omit<Problem, 'object'> {
  const attribute = column.options.get('attribute');
  if (attribute === '') {
    return {
      reason: "the column's option attribute must name an attribute of the user, but is empty",
      hint: `name one, as in: ${column.name} ${column.type.name} options (attribute 'custom:x')`,
    };
  }
  if (attribute !== undefined) return { kind: 'attribute', attribute };
  if (column.name === 'attributes') return { kind: 'attributes' };
  if (fieldNames.has(column.name)) return { kind: 'field', field: column.name };
  if (namesAttribute(column.name)) return { kind: 'attribute', attribute: column.name };
  return {
    reason:
      'a column must be named like a field or an attribute of a Cognito user or say which attribute it is, but this one does not',
    hint: `map it with: alter foreign table … alter column ${quoteIdentifier(column.name)} options (add attribute 'custom:x')`,
  };
}

function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
