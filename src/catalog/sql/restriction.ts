import type { Node } from 'libpg-query';
import { concernsPolicies } from '../../model/directive.ts';
import type { Statement } from './statement.ts';

/** Whether a statement that had no effect could have restricted which rows a role sees: by policies, or by revoking. */
export function couldRestrict({ node, sql, writesRows }: Statement): boolean {
  if (writesRows) return false;
  if (!node || runsCode(node)) return codeCouldRestrict(sql);
  if ('CommentStmt' in node) return concernsPolicies(node.CommentStmt.comment);
  if ('GrantRoleStmt' in node) return !node.GrantRoleStmt.is_grant;
  if (!('AlterDefaultPrivilegesStmt' in node)) return false;
  const { action } = node.AlterDefaultPrivilegesStmt;
  return !action?.is_grant && action?.objtype === 'OBJECT_TABLE';
}

/** Whether code, or what it writes, could restrict which rows a role sees if it were run. */
export function codeCouldRestrict(sql: string): boolean {
  if (/\bcomment\s+on\b/i.test(sql) && concernsPolicies(sql)) return true;
  return [...sql.matchAll(/\brevoke\b([^;]{0,500})/gi)].some(
    ([, rest = '']) =>
      !/\bon\s+(?:all\s+)?(?:function|procedure|routine|sequence|type|domain|language|database)/i.test(rest),
  );
}

function runsCode(node: Node): boolean {
  return (
    'DoStmt' in node ||
    'CallStmt' in node ||
    'SelectStmt' in node ||
    'CreateFunctionStmt' in node ||
    'PrepareStmt' in node ||
    'ExecuteStmt' in node
  );
}
