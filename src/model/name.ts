/** Whether GraphQL allows a type or field of this name (https://spec.graphql.org/October2021/#Name). */
export function isGraphQLName(name: string): boolean {
  return /^[_A-Za-z][_0-9A-Za-z]*$/.test(name) && !name.startsWith('__');
}

/** The name of a type: verbatim, or in PascalCase if names are inflected. Never singularised. */
export function toTypeName(name: string, inflect: boolean): string {
  return inflect ? pascalCase(name) : name;
}

/** The name of a field: verbatim, or in camelCase if names are inflected. */
export function toFieldName(name: string, inflect: boolean): string {
  return inflect ? lowerFirst(pascalCase(name)) : name;
}

/** The name with its first letter in lower case, as in root fields. */
export function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}

/** `account_BY_email` becomes `AccountBYEmail`: a letter is capitalised if no letter or digit precedes it. */
function pascalCase(name: string): string {
  return name
    .replace(
      /(^|[^\p{L}\p{N}])(\p{L})/gu,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    )
    .replaceAll('_', '');
}
