import {
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** The names of the fields selected within the current field. */
export function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const node of info.fieldNodes) collect(node.selectionSet, info, names, seen);
  return names;
}

function collect(
  selections: SelectionSetNode | undefined,
  info: GraphQLResolveInfo,
  names: Set<string>,
  seenFragments: Set<string>,
): void {
  for (const node of selections?.selections ?? []) {
    if (!isIncluded(node, info)) continue;
    if (node.kind === Kind.FIELD) names.add(node.name.value);
    else if (node.kind === Kind.INLINE_FRAGMENT) collect(node.selectionSet, info, names, seenFragments);
    else if (!seenFragments.has(node.name.value)) {
      seenFragments.add(node.name.value);
      collect(info.fragments[node.name.value]?.selectionSet, info, names, seenFragments);
    }
  }
}

function isIncluded(node: SelectionNode, info: GraphQLResolveInfo): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.if !== false;
}
