import { isPlainObject } from '../values/plain-object.ts';

/** The claims of a verified token, as its issuer wrote them. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The value at a path: a claim with exactly that name (`cognito:groups`, `https://example.com/role`), or else a path into
 * nested objects (`app_metadata.role`). Undefined if there is none; paths do not enter lists or see inherited properties.
 */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const outer = path.slice(0, dot);
    const inner = Object.hasOwn(claims, outer) ? claims[outer] : undefined;
    if (!isPlainObject(inner)) continue;
    const value = claimAt(inner, path.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}
