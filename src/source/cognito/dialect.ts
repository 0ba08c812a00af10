import type { ColumnDefinition, ForeignTableDefinition } from '../../model/definition.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Origin, Reason } from '../../model/model.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { fieldNames } from './fields.ts';
import { namesAttribute } from './standard-attributes.ts';

/** What the definitions of the Wrappers extension's Cognito wrapper mean. */
export const cognitoDialect: Dialect = {
  objectOf,
  originOf,
  defaultKeys: ['username', 'sub'],
  // Not even `sub` is certain: a pool may answer users without attributes.
  isAlwaysPresent: (origin) => origin.kind === 'field' && origin.field === 'username',
};

function objectOf(table: ForeignTableDefinition): Result<string, Reason> {
  const object = table.options.get('object');
  if (object === 'users') return success(object);
  return failure({
    reason: `the table's option object must be users, but ${object === undefined ? 'it has none' : `got ${JSON.stringify(object)}`}`,
    hint: `${object === undefined ? 'add' : 'set'} it with: alter foreign table … options (${object === undefined ? 'add' : 'set'} object 'users')`,
  });
}

function originOf(column: ColumnDefinition): Result<Origin, Reason> {
  const attribute = column.options.get('attribute');
  if (attribute === '') {
    return failure({
      reason: "the column's option attribute must name an attribute of the user, but is empty",
      hint: `name one, as in: ${column.name} ${column.type.name} options (attribute 'custom:x')`,
    });
  }
  if (attribute !== undefined) return success({ kind: 'attribute', attribute });
  if (column.name === 'attributes') return success({ kind: 'attributes' });
  if (fieldNames.has(column.name)) return success({ kind: 'field', field: column.name });
  if (namesAttribute(column.name)) return success({ kind: 'attribute', attribute: column.name });
  return failure({
    reason:
      'a column must be named like a field or an attribute of a Cognito user or say which attribute it is, but this one does not',
    hint: `map it with: alter foreign table … alter column ${quoteIdentifier(column.name)} options (add attribute 'custom:x')`,
  });
}

function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
