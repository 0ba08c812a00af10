import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** How many errors of one document are looked for. Each costs a search for similar names. */
const maxErrors = 20;

/**
 * Validates within bounds. Without introspection, questions about the schema are refused, and no error proposes a
 * name that was not asked for.
 */
export function useValidation({ introspection }: { readonly introspection: boolean }): Plugin {
  const hideSuggestions = !introspection;
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      addValidationRule(SupportedOperationRule);
      if (!introspection) addValidationRule(NoIntrospectionRule);
      setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules?: readonly ValidationRule[]) =>
        validate(schema, document, rules, { maxErrors, hideSuggestions }).map(bounded),
      );
    },
    onExecute({ executeFn, setExecuteFn }) {
      if (introspection) return;
      // The values of variables are coerced, and their errors written, by the executor.
      setExecuteFn((args) => {
        const discreet = { ...args, hideSuggestions };
        return executeFn(discreet);
      });
    },
  };
}

/** The error with a message, and places in the document, of a size that does not depend on the document. */
function bounded(error: GraphQLError): GraphQLError {
  const { message, nodes = [], originalError, extensions } = error;
  if (message.length <= longestMessage && nodes.length <= maxErrors) return error;
  return new GraphQLError(shortened(message), {
    nodes: nodes.slice(0, maxErrors),
    originalError,
    extensions,
  });
}

/** Refuses operations of a kind that the schema has no type for. */
function SupportedOperationRule(context: ValidationContext): ReturnType<ValidationRule> {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      context.reportError(
        new GraphQLError(
          `an operation must be a query, since everything here is read only, but got a ${node.operation}`,
          {
            nodes: node,
          },
        ),
      );
    },
  };
}

/** The root fields that tell of the schema: GraphQL's own, and that of a subgraph. */
export const schemaFields: ReadonlySet<string> = new Set(['__schema', '__type', '_service']);

/** Refuses the fields that tell of the schema, and nothing else: `__typename` tells only what the query knows. */
export function NoIntrospectionRule(context: ValidationContext): ReturnType<ValidationRule> {
  return {
    Field(node) {
      const name = node.name.value;
      const isRoot = context.getParentType() === context.getSchema().getQueryType();
      if (!schemaFields.has(name) || !isRoot || !context.getFieldDef()) return;
      context.reportError(
        new GraphQLError(`introspection must be on for ${name} to be asked, but is off (--introspection)`, {
          nodes: node,
        }),
      );
    },
  };
}

/** Characters of the longest message that is not cut. */
const longestMessage = 1_000;

/** A message that may repeat what the client sent, but not all of it. */
export function shortened(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}…`;
}

/** An error's message without what it proposes instead, which may be names of the schema. */
export function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean [\s\S]*$/, '');
}
