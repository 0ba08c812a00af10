import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLError,
  Kind,
  type ListValueNode,
  type ObjectValueNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { RequestContext } from '../graphql/builder.ts';
import type { RoleSchema } from '../graphql/role-schemas.ts';
import { withCoercedObjects } from './coerced-variables.ts';
import type { Variables } from './receive.ts';

/** What an operation comes to. */
export interface Outcome {
  /** Undefined where nothing was executed. */
  readonly data: unknown;
  readonly errors: readonly GraphQLError[];
}

/** An operation that runs without an interpreter. */
export interface CompiledOperation {
  /** Undefined where there is an error, which the interpreter is to word. */
  run(context: RequestContext, variables: Variables): Promise<Outcome | undefined>;
}

/** Compiles an operation; undefined where its answer could be another than the interpreter's. */
export function compile(
  { executable }: RoleSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledOperation | undefined {
  if (!isCompilable(document)) return undefined;
  const compilable = withCoercedObjects(executable, document, operation);
  const compiled = compileQuery(compilable.schema, compilable.document, operation.name?.value);
  if (!isCompiledQuery(compiled)) return undefined;
  const nested = nestedVariables(document);
  return {
    async run(context, variables) {
      if (nested.some((name) => variables[name] === undefined)) return undefined;
      const coerced = compilable.coerce(variables);
      if (!coerced) return undefined;
      const result = await compiled.query(undefined, context, coerced);
      if (!('data' in result) || result.errors?.length) return undefined;
      return { data: result.data, errors: [] };
    },
  };
}

/**
 * What graphql-jit gets wrong: it loses `@include` and `@skip` of fields that are merged, and takes names that every
 * object has for values.
 */
function isCompilable(document: DocumentNode): boolean {
  let hasDirectives = false;
  let mayMerge = false;
  let hasOddNames = false;
  const merges = () => {
    mayMerge = true;
  };
  visit(document, {
    Directive(_node: DirectiveNode) {
      hasDirectives = true;
    },
    FragmentSpread: merges,
    InlineFragment: merges,
    SelectionSet(set: SelectionSetNode) {
      const names = set.selections.flatMap((selection) =>
        selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : [],
      );
      if (new Set(names).size < names.length) mayMerge = true;
    },
    Name({ value }) {
      if (value in Object.prototype) hasOddNames = true;
    },
  });
  return !hasOddNames && !(hasDirectives && mayMerge);
}

/** The variables within objects and lists: of what is left out there, the compiler makes a null. */
function nestedVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  const collect = (value: ObjectValueNode | ListValueNode) => {
    visit(value, {
      Variable({ name }) {
        names.add(name.value);
      },
    });
  };
  visit(document, { ObjectValue: collect, ListValue: collect });
  return [...names];
}
