import {
  type FieldNode,
  type GraphQLField,
  getArgumentValues,
  isNonNullType,
  Kind,
  type VariableNode,
  visit,
} from 'graphql';
import { merged } from '../values/merged.ts';
import type { ArgumentsOf, Run } from './loaded.ts';

type Variables = Pick<Run, 'variables'>;

/** Reads the arguments of a field. */
export interface ArgumentsReader {
  readonly read: ArgumentsOf;
  /** Whether they are the same in every run. */
  readonly isConstant: boolean;
}

/**
 * Reads the arguments of a field like graphql-js. Literals are read once, and a variable that is a complete argument is replaced
 * by its coerced value.
 */
export function argumentsReader(field: GraphQLField<unknown, unknown>, node: FieldNode): ArgumentsReader {
  const given = node.arguments ?? [];
  if (!given.some(({ value }) => usesVariables(value))) {
    const constant = getArgumentValues(field, node);
    return { read: () => constant, isConstant: true };
  }
  const readAny = ({ variables }: Variables) => getArgumentValues(field, node, variables);
  const readPlain = plainReader(field, node);
  return { read: readPlain ? (run) => readPlain(run) ?? readAny(run) : readAny, isConstant: false };
}

function usesVariables(value: Parameters<typeof visit>[0]): boolean {
  let found = false;
  visit(value, {
    Variable: () => {
      found = true;
    },
  });
  return found;
}

/** Reads arguments that contain no variables, or are variables themselves; undefined if one is neither. */
function plainReader(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): ((run: Variables) => Readonly<Record<string, unknown>> | undefined) | undefined {
  const given = node.arguments ?? [];
  if (given.some(({ value }) => value.kind !== Kind.VARIABLE && usesVariables(value))) return undefined;
  const variableOf = new Map<string, VariableNode>();
  for (const { name, value } of given) if (value.kind === Kind.VARIABLE) variableOf.set(name.value, value);
  const others = given.filter(({ name }) => !variableOf.has(name.value));
  const variable = field.args.filter(({ name }) => variableOf.has(name));
  const constant = getArgumentValues(
    { ...field, args: field.args.filter(({ name }) => !variableOf.has(name)) },
    { ...node, arguments: others },
  );
  return ({ variables }) => {
    const read: Record<string, unknown> = merged(constant, {});
    for (const { name, type, defaultValue } of variable) {
      const variableName = variableOf.get(name)?.name.value ?? name;
      if (Object.hasOwn(variables, variableName)) {
        const value = variables[variableName];
        if (value === null && isNonNullType(type)) return undefined;
        read[name] = value;
      } else {
        if (isNonNullType(type) || defaultValue !== undefined) return undefined;
      }
    }
    return read;
  };
}
