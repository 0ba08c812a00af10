import type { EnumRef, InputObjectRef } from '@pothos/core';
import { type ColumnType, elementTypeOf, isFilterable } from '../model/column-type.ts';
import { filterNames, namesOfEnum, sharedInputNames } from '../model/generated-names.ts';
import { operatorsOf } from '../model/operator.ts';
import type { FilterInput } from '../plan/filter.ts';
import { type OrderDirection, orderDirectionNames } from '../plan/order.ts';
import type { Builder, SchemaTypes } from './builder.ts';
import { type ScalarName, scalarByKind } from './scalars.ts';

type Enum<T = unknown> = EnumRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, T, T>;
type Input = InputObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, FilterInput>;

/** The GraphQL types of columns, and of their filters and orders. Each is created on first use. */
export class ColumnTypes {
  readonly #builder: Builder;
  readonly #prefix: string;
  readonly #enums = new Map<string, Enum>();
  readonly #filters = new Map<string, Input>();
  readonly #filterIs: Enum;
  /** The enum `OrderByDirection`. */
  readonly orderByDirection: Enum<OrderDirection>;
  /** The filter for a nodeId. */
  readonly idFilter: Input;

  /** @param prefix of the names of these types, except scalars; empty if all tables share them */
  constructor(builder: Builder, prefix = '') {
    this.#builder = builder;
    this.#prefix = prefix;
    const names = sharedInputNames(prefix);
    this.#filterIs = builder.enumType(names.filterIs, { values: ['NULL', 'NOT_NULL'] as const });
    this.orderByDirection = builder.enumType(names.orderByDirection, {
      description: 'Sort direction, and where nulls go.',
      values: orderDirectionNames,
    });
    this.idFilter = builder.inputRef<FilterInput>(names.idFilter).implement({
      description: 'Boolean expression comparing a nodeId.',
      fields: (t) => ({ eq: t.id() }),
    });
  }

  /** The type of a column's value, or of its elements. */
  elementOf(type: ColumnType): ScalarName | Enum {
    const element = elementTypeOf(type);
    if (element.kind !== 'enum') return scalarByKind[element.kind];
    const name = namesOfEnum(element, this.#prefix).type;
    const known = this.#enums.get(name);
    if (known) return known;
    const { description, valueNames } = element;
    const created = this.#builder.enumType(name, { ...(description && { description }), values: valueNames });
    this.#enums.set(name, created);
    return created;
  }

  /** The input type of filters for columns of this type; undefined if there is none. */
  filterOf(type: ColumnType): Input | undefined {
    if (!isFilterable(type)) return undefined;
    const element = elementTypeOf(type);
    const names =
      element.kind === 'enum'
        ? namesOfEnum(element, this.#prefix)
        : filterNames(scalarByKind[element.kind], this.#prefix);
    const name = type.kind === 'array' ? names.listFilter : names.filter;
    const known = this.#filters.get(name);
    if (known) return known;
    const created = this.#createFilter(name, type);
    this.#filters.set(name, created);
    return created;
  }

  #createFilter(name: string, type: ColumnType): Input {
    const element = this.elementOf(type);
    const elementName = typeof element === 'string' ? element : element.name;
    return this.#builder.inputRef<FilterInput>(name).implement({
      description: `Boolean expression comparing ${type.kind === 'array' ? `a list of ${elementName}` : `a value of type ${elementName}`}.`,
      fields: (t) =>
        Object.fromEntries(
          operatorsOf(type)
            .toSorted()
            .map((operator) => {
              if (operator === 'is') return [operator, t.field({ type: this.#filterIs })];
              const isList = type.kind === 'array' || operator === 'in';
              return [operator, isList ? t.field({ type: [element] }) : t.field({ type: element })];
            }),
        ),
    });
  }
}
