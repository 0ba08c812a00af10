import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import { type Ready, whenReady } from '../columns/ready.ts';
import { type CollectionArguments, type CollectionQuery, readCollection } from '../graphql/collection.ts';
import type { FieldMeaning } from '../graphql/field-meaning.ts';
import type { Table } from '../model/model.ts';
import { type AggregateField, AggregatePlan, type FigureField } from './aggregate-plan.ts';
import { type ArgumentsReader, argumentsReader } from './arguments-reader.ts';
import { collectFields, type SelectionContext } from './collect-fields.ts';
import {
  type ConnectionField,
  ConnectionPlan,
  type EdgeField,
  type PageInfoField,
} from './connection-plan.ts';
import { entitiesField } from './entities-plan.ts';
import { nodeIdWriter } from './id-writer.ts';
import type { Keyed, Run } from './loaded.ts';
import { ReadyBytes } from './ready-bytes.ts';
import { toManyRelation, toOneRelation } from './relation-plan.ts';
import { byPkField, collectionField, nodeField, type PlansByType, type RootField } from './root-plan.ts';
import { type RowField, RowPlan } from './row-plan.ts';
import { writersOf } from './store-writers.ts';
import { ConstantWriter } from './value-writer.ts';

/** An operation has a field that cannot be planned, so that the operation has to be interpreted. */
export class NotPlannedError extends Error {}

/** Plans an operation for the values of the variables that decide which fields are included. */
export function planOperation(
  context: SelectionContext,
  { selectionSet }: OperationDefinitionNode,
): readonly Keyed<RootField>[] {
  const query = context.schema.getQueryType();
  if (!query) throw new NotPlannedError('the schema has no queries');
  return new PlanBuilder(context).rootFields(query, selectionSet);
}

/** A selected field of an object. */
interface Selected {
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly field: GraphQLField<unknown, unknown>;
  readonly meaning: FieldMeaning;
}

class PlanBuilder {
  readonly #context: SelectionContext;

  constructor(context: SelectionContext) {
    this.#context = context;
  }

  rootFields(
    query: GraphQLObjectType,
    set: OperationDefinitionNode['selectionSet'],
  ): readonly Keyed<RootField>[] {
    const typename = (writer: ConstantWriter): RootField => ({
      load: () => ({ write: ({ out }) => void writer.write(out) }),
    });
    return this.#fieldsOf(query, [set], typename, (selected) => this.#rootField(selected));
  }

  #rootField({ nodes, field, meaning }: Selected): RootField {
    const reader = argumentsReader(field, nodes[0]);
    switch (meaning.kind) {
      case 'collection':
        return collectionField(
          this.#connection(objectType(field), nodes),
          queryReader(meaning.table, reader),
        );
      case 'byPk':
        return byPkField(meaning.table, this.#rows(objectType(field), nodes), reader.read);
      case 'node':
        return nodeField(meaning.tables, this.#rowsByType(nodes), reader.read);
      case 'entities':
        return entitiesField(meaning.entities, this.#rowsByType(nodes), reader.read);
      default:
        throw notPlanned(meaning);
    }
  }

  #rowsByType(nodes: Selected['nodes']): PlansByType {
    const plans = new Map<string, RowPlan>();
    return (typeName) => {
      const known = plans.get(typeName);
      if (known) return known;
      const plan = this.#rows(asObject(this.#context.schema.getType(typeName)), nodes);
      plans.set(typeName, plan);
      return plan;
    };
  }

  #rows(type: GraphQLObjectType, nodes: Selected['nodes']): RowPlan {
    const constant = (writer: ConstantWriter): RowField => ({ kind: 'value', writer: () => writer });
    return new RowPlan(
      this.#fieldsOf(type, selectionSetsOf(nodes), constant, (selected) => this.#rowField(selected)),
    );
  }

  #rowField({ nodes, field, meaning }: Selected): RowField {
    switch (meaning.kind) {
      case 'nodeId':
        return { kind: 'value', writer: nodeIdWriter };
      case 'column':
        return {
          kind: 'value',
          writer: (view) => writersOf(view.store).output(view, meaning.column, field.type),
        };
      case 'attribute': {
        const { read } = argumentsReader(field, nodes[0]);
        return {
          kind: 'value',
          writer: (view, run) => writersOf(view.store).attribute(view, String(read(run).name)),
        };
      }
      case 'relation': {
        const { relation } = meaning;
        if (relation.cardinality === 'one') {
          return toOneRelation(relation, this.#rows(objectType(field), nodes));
        }
        const queryOf = queryReader(relation.other, argumentsReader(field, nodes[0]));
        return toManyRelation(relation, this.#connection(objectType(field), nodes), queryOf);
      }
      default:
        throw notPlanned(meaning);
    }
  }

  #connection(type: GraphQLObjectType, nodes: Selected['nodes']): ConnectionPlan {
    const selected = new Set<string>();
    const fields = this.#fieldsOf(type, selectionSetsOf(nodes), constantField, (field): ConnectionField => {
      selected.add(field.field.name);
      return this.#connectionField(field);
    });
    return new ConnectionPlan(fields, selected);
  }

  #connectionField({ nodes, field, meaning }: Selected): ConnectionField {
    switch (meaning.kind) {
      case 'totalCount':
        return { kind: 'totalCount' };
      case 'pageInfo':
        return {
          kind: 'pageInfo',
          fields: this.#fieldsOf(objectType(field), selectionSetsOf(nodes), constantField, pageInfoField),
        };
      case 'edges':
        return {
          kind: 'edges',
          fields: this.#fieldsOf(
            objectType(field),
            selectionSetsOf(nodes),
            constantField,
            (selected): EdgeField => this.#edgeField(selected),
          ),
        };
      case 'aggregate': {
        const selected = new Set<string>();
        const fields = this.#fieldsOf(
          objectType(field),
          selectionSetsOf(nodes),
          constantField,
          (inner): AggregateField => {
            selected.add(inner.field.name);
            return this.#aggregateField(inner);
          },
        );
        return { kind: 'aggregate', plan: new AggregatePlan(meaning.columns, fields, selected) };
      }
      default:
        throw notPlanned(meaning);
    }
  }

  #edgeField({ nodes, field, meaning }: Selected): EdgeField {
    if (meaning.kind === 'cursor') return { kind: 'cursor' };
    if (meaning.kind === 'edgeNode') return { kind: 'node', plan: this.#rows(objectType(field), nodes) };
    throw notPlanned(meaning);
  }

  #aggregateField({ nodes, field, meaning }: Selected): AggregateField {
    if (meaning.kind === 'count') return { kind: 'count' };
    if (meaning.kind !== 'operation') throw notPlanned(meaning);
    return {
      kind: 'operation',
      fields: this.#fieldsOf(objectType(field), selectionSetsOf(nodes), constantField, figureField),
    };
  }

  /** The fields of an object in the order of the answer, each with the bytes before its value. */
  #fieldsOf<T>(
    type: GraphQLObjectType,
    sets: readonly FieldNode['selectionSet'][],
    typename: (writer: ConstantWriter) => T,
    plan: (selected: Selected) => T,
  ): readonly Keyed<T>[] {
    return [...collectFields(this.#context, type, sets)].map(([name, nodes], i) => {
      const key = new ReadyBytes(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
      const fieldName = nodes[0].name.value;
      if (fieldName === '__typename')
        return { key, value: typename(new ConstantWriter(JSON.stringify(type.name))) };
      const field = type.getFields()[fieldName];
      const meaning = field?.extensions.meaning;
      if (!field || !meaning) throw new NotPlannedError(`${type.name}.${fieldName} has no plan`);
      return { key, value: plan({ nodes, field, meaning }) };
    });
  }
}

function constantField(writer: ConstantWriter): {
  readonly kind: 'constant';
  readonly writer: ConstantWriter;
} {
  return { kind: 'constant', writer };
}

function pageInfoField({ meaning }: Selected): PageInfoField {
  switch (meaning.kind) {
    case 'startCursor':
    case 'endCursor':
    case 'hasNextPage':
    case 'hasPreviousPage':
      return { kind: meaning.kind };
    default:
      throw notPlanned(meaning);
  }
}

function figureField({ field, meaning }: Selected): FigureField {
  if (meaning.kind !== 'figure') throw notPlanned(meaning);
  return { kind: 'figure', operation: meaning.operation, column: meaning.column, type: field.type };
}

function notPlanned({ kind }: FieldMeaning): NotPlannedError {
  return new NotPlannedError(`a field of the kind ${kind} has no plan here`);
}

function selectionSetsOf(nodes: Selected['nodes']): readonly FieldNode['selectionSet'][] {
  return nodes.map(({ selectionSet }) => selectionSet);
}

function objectType({ type }: GraphQLField<unknown, unknown>): GraphQLObjectType {
  return asObject(getNamedType(type));
}

function asObject(type: GraphQLNamedType | undefined): GraphQLObjectType {
  if (isObjectType(type)) return type;
  throw new NotPlannedError(`${type} is not an object type`);
}

/** Reads the arguments of a collection, only once if they are the same in every run. */
function queryReader(
  table: Table,
  { read, isConstant }: ArgumentsReader,
): (run: Run) => Ready<CollectionQuery> {
  const readOnce = (run: Run): Ready<CollectionQuery> => {
    const args: CollectionArguments = read(run);
    return readCollection(table, args, run.scope);
  };
  if (!isConstant) return readOnce;
  let known: CollectionQuery | undefined;
  return (run) =>
    known ??
    whenReady(readOnce(run), (query) => {
      known = query;
      return query;
    });
}
