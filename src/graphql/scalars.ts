import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { longestText } from '../plan/operand.ts';
import { isDateTime } from '../values/date-time-text.ts';
import { valueType } from '../values/type/registry.ts';
import type { ScalarKind } from '../values/type/sql-type.ts';
import { shown } from '../wording.ts';
import type { Builder, SchemaTypes } from './builder.ts';

/** The name of a column's scalar. */
export type ScalarName = Exclude<keyof SchemaTypes['Scalars'], 'ID' | 'Cursor' | '_Any'>;

/** The scalar of each kind of column, as pg_graphql maps them; an enum has a type of its own. */
export const scalarByKind: Readonly<Record<ScalarKind, ScalarName>> = {
  text: 'String',
  citext: 'String',
  bpchar: 'String',
  bool: 'Boolean',
  int2: 'Int',
  int4: 'Int',
  int8: 'BigInt',
  float4: 'Float',
  float8: 'Float',
  numeric: 'BigFloat',
  uuid: 'UUID',
  date: 'Date',
  time: 'Time',
  timestamp: 'Datetime',
  timestamptz: 'Datetime',
  json: 'JSON',
  jsonb: 'JSON',
  opaque: 'Opaque',
};

/** The scalars that are not GraphQL's own: what they accept, and where that is specified. */
const scalars: readonly ScalarSpecification[] = [
  {
    name: 'BigFloat',
    description: 'A number of any size and precision, as a string.',
    specifiedByURL: 'https://www.postgresql.org/docs/current/datatype-numeric.html',
    accepts: isText('numeric'),
    acceptsNumbers: true,
  },
  {
    name: 'BigInt',
    description: 'A 64-bit integer, as a string.',
    specifiedByURL: 'https://www.postgresql.org/docs/current/datatype-numeric.html',
    accepts: isText('int8'),
    acceptsNumbers: true,
  },
  {
    name: 'Cursor',
    description: 'An opaque position in a collection, for `before` and `after` with the same order.',
    specifiedByURL: 'https://relay.dev/graphql/connections.htm#sec-Cursor',
    accepts: () => true,
  },
  {
    name: 'Date',
    description: 'A date without a time, such as `2024-02-29`.',
    specifiedByURL: 'https://www.postgresql.org/docs/current/datatype-datetime.html',
    accepts: isInstant('date'),
  },
  {
    name: 'Datetime',
    description: 'An ISO 8601 date and time, with a time zone offset where the column has one.',
    specifiedByURL: 'https://www.postgresql.org/docs/current/datatype-datetime.html',
    accepts: isInstant('timestamptz'),
  },
  {
    name: 'JSON',
    description: 'A JSON value, serialized as a string.',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
    accepts: isText('json'),
  },
  {
    name: 'Opaque',
    description: 'A value of any other Postgres type, as Postgres prints it.',
    specifiedByURL: 'https://www.postgresql.org/docs/current/datatype.html',
    accepts: () => true,
  },
  {
    name: 'Time',
    description: 'A time of day without a date, such as `13:37:00`.',
    specifiedByURL: 'https://www.postgresql.org/docs/current/datatype-datetime.html',
    accepts: isInstant('time'),
  },
  {
    name: 'UUID',
    description: 'A universally unique identifier.',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc9562',
    accepts: isText('uuid'),
  },
];

interface ScalarSpecification {
  readonly name: Exclude<
    keyof SchemaTypes['Scalars'],
    'String' | 'Int' | 'Float' | 'Boolean' | 'ID' | '_Any'
  >;
  readonly description: string;
  readonly specifiedByURL: string;
  readonly accepts: (text: string) => boolean;
  /** Whether a number is accepted for its digits. */
  readonly acceptsNumbers?: true;
}

/** Adds the scalars to a schema. Only those that are referenced end up in it. */
export function addScalars(builder: Builder): void {
  for (const specification of scalars) builder.addScalarType(specification.name, toScalar(specification));
}

function toScalar({ accepts, acceptsNumbers, ...config }: ScalarSpecification): GraphQLScalarType {
  const parse = (text: string | undefined, given: unknown, node?: ValueNode): string => {
    if (text !== undefined && accepts(text)) return text;
    throw new GraphQLError(
      `${config.name} must be ${article(config.name)} as a string, but got ${shown(given)}`,
      { nodes: node ?? null },
    );
  };
  return new GraphQLScalarType<string, unknown>({
    ...config,
    serialize: (value) => value,
    parseValue: (value) => {
      const isNumber = acceptsNumbers && typeof value === 'number' && Number.isFinite(value);
      return parse(typeof value === 'string' ? value : isNumber ? String(value) : undefined, value);
    },
    parseLiteral: (node: ValueNode) => {
      // A number's digits are used as written, because a double might not hold all of them.
      const isNumber = acceptsNumbers && (node.kind === Kind.INT || node.kind === Kind.FLOAT);
      return parse(
        node.kind === Kind.STRING || isNumber ? node.value : undefined,
        'value' in node ? node.value : node.kind,
        node,
      );
    },
  });
}

function article(name: string): string {
  return name === 'Opaque' || name === 'Cursor' ? 'a value' : `a valid ${name}`;
}

function isText(kind: ScalarKind): (text: string) => boolean {
  return (text) => text.length <= longestText && valueType({ kind }).parse(text) !== undefined;
}

/**
 * Lists of thousands are checked at once. What passes here and cannot be read, such as a time that a zone does not have, is
 * rejected when the filter is planned, with pauses.
 */
function isInstant(kind: ScalarKind): (text: string) => boolean {
  const isRead = isText(kind);
  return (text) => text.length <= longestText && (isDateTime(text) || isRead(text));
}
