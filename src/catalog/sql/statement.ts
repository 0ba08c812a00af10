import { loadModule, type Node, parseSync } from 'libpg-query';
import { messageOf } from '../../errors.ts';

/** A parsed statement. */
export interface Statement {
  readonly sql: string;
  /** Undefined if Postgres cannot parse it. */
  readonly node: Node | undefined;
  /** Why it cannot be parsed. */
  readonly syntaxError: string | undefined;
  /** Whether it is so long that it was not parsed, and only writes rows. */
  readonly writesRows: boolean;
}

/** The longest statement with rows that is parsed, in characters: parsing longer ones takes seconds. */
const longestRows = 1024 * 1024;

/** Loads Postgres' own parser, which is WebAssembly. */
export async function loadParser(): Promise<void> {
  await loadModule();
}

/** Parses one statement. The parser must have been loaded. */
export function parseStatement(sql: string): Statement {
  const writesRows = sql.length > longestRows && /^(?:insert|copy|update|delete|merge)\b/i.test(sql);
  if (writesRows) {
    return { sql, node: undefined, syntaxError: `it is longer than ${longestRows} characters`, writesRows };
  }
  try {
    return { sql, node: parseSync(sql).stmts?.[0]?.stmt, syntaxError: undefined, writesRows };
  } catch (cause) {
    return { sql, node: undefined, syntaxError: messageOf(cause), writesRows };
  }
}

/** The beginning of a statement on one line. It ends before the first value, which might be a secret. */
export function summaryOf({ sql }: Statement): string {
  const beginning = sql.slice(0, 300).split(/['$(]/, 1)[0] ?? '';
  const line = beginning
    .replace(/--[^\n\r]*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** Whether the catalog needs this statement, whatever object it is about. */
export function alwaysCounts({ node, sql, writesRows }: Statement): boolean {
  if (!node) return !writesRows && looksLikeDefinition(sql);
  if ('AlterTableStmt' in node) return node.AlterTableStmt.objtype === 'OBJECT_FOREIGN_TABLE';
  if ('InsertStmt' in node || 'UpdateStmt' in node || 'SelectStmt' in node || 'CallStmt' in node) {
    return mentionsVault(node);
  }
  return (
    'CreateFdwStmt' in node ||
    'AlterFdwStmt' in node ||
    'CreateForeignServerStmt' in node ||
    'AlterForeignServerStmt' in node ||
    'CreateForeignTableStmt' in node ||
    'ImportForeignSchemaStmt' in node ||
    'CreateRoleStmt' in node
  );
}

/** A statement that cannot be parsed counts if its first words define or grant something. */
function looksLikeDefinition(sql: string): boolean {
  const [first, ...rest] = (
    sql
      .slice(0, 1_000)
      .replace(/\/\*.*?\*\/|--[^\n]*/gs, ' ')
      .toLowerCase()
      .match(/[a-z_]+/g) ?? []
  ).slice(0, 4);
  if (first === 'grant' || first === 'revoke' || first === 'import' || first === 'comment') return true;
  return (
    (first === 'create' || first === 'alter') &&
    rest.some((word) => word === 'foreign' || word === 'server' || word === 'role')
  );
}

/** The tables that a grant, comment or change is about, each with its schema if the statement names it. */
export function relationsOf(node: Node): { readonly schema: string | undefined; readonly name: string }[] {
  if ('GrantStmt' in node) return (node.GrantStmt.objects ?? []).flatMap(rangeVar);
  if ('AlterTableStmt' in node) return relation(node.AlterTableStmt.relation);
  if ('RenameStmt' in node) return relation(node.RenameStmt.relation);
  if ('AlterObjectSchemaStmt' in node) return relation(node.AlterObjectSchemaStmt.relation);
  if (!('CommentStmt' in node)) return [];
  const { object, objtype } = node.CommentStmt;
  const path = object ? namesIn(object) : [];
  const names = objtype === 'OBJECT_COLUMN' ? path.slice(0, -1) : path;
  const name = names.at(-1);
  const isTable =
    objtype === 'OBJECT_COLUMN' || objtype === 'OBJECT_FOREIGN_TABLE' || objtype === 'OBJECT_TABLE';
  return isTable && name !== undefined ? [{ schema: names.at(-2), name }] : [];
}

/** The schemas that a grant is about; none if it is about other objects. */
export function schemasOf(node: Node): readonly string[] {
  if (!('GrantStmt' in node)) return [];
  const { objtype, targtype, objects = [] } = node.GrantStmt;
  const aboutSchemas = objtype === 'OBJECT_SCHEMA' || targtype === 'ACL_TARGET_ALL_IN_SCHEMA';
  return aboutSchemas && (objtype === 'OBJECT_SCHEMA' || objtype === 'OBJECT_TABLE')
    ? objects.flatMap(namesIn)
    : [];
}

/** Whether the statement revokes privileges on objects. */
export function revokes(node: Node): boolean {
  return 'GrantStmt' in node && !node.GrantStmt.is_grant;
}

/** The roles that must exist for the statement to succeed. */
export function rolesNamedBy(node: Node): string[] {
  if ('DropRoleStmt' in node) return [];
  const roles = new Set<string>();
  visit(node, (key, value) => {
    const name = key === 'rolename' || key === 'role' ? value : undefined;
    if (typeof name === 'string' && !('CreateRoleStmt' in node && key === 'role')) roles.add(name);
  });
  if ('GrantRoleStmt' in node) {
    for (const granted of node.GrantRoleStmt.granted_roles ?? []) {
      if ('AccessPriv' in granted && granted.AccessPriv.priv_name) roles.add(granted.AccessPriv.priv_name);
    }
  }
  return [...roles];
}

/** The role that a script acts as after a statement. */
export interface Actor {
  readonly setting: 'role' | 'session_authorization';
  /** Undefined if it is the session's own. */
  readonly role: string | undefined;
}

/** The role that a `set role` or `set session authorization` names; undefined for other statements. */
export function actorSetBy(node: Node): Actor | undefined {
  if (!('VariableSetStmt' in node)) return undefined;
  const { name: setting, args: [argument] = [] } = node.VariableSetStmt;
  if (setting !== 'role' && setting !== 'session_authorization') return undefined;
  return { setting, role: argument && 'A_Const' in argument ? argument.A_Const.sval?.sval : undefined };
}

/** A grant of roles without its `granted by`: newer versions let only those grant whom older ones did not know. */
export function withoutGrantor(sql: string): string {
  return sql.replace(/\sgranted\s+by\s+(?:"(?:[^"]|"")*"|[^\s"]+)(?=\s*(?:cascade|restrict)?$)/i, '');
}

/** Whether the statement only writes rows of ordinary tables. */
export function changesRows(node: Node): boolean {
  const changes =
    'CopyStmt' in node ||
    'InsertStmt' in node ||
    'UpdateStmt' in node ||
    'DeleteStmt' in node ||
    'MergeStmt' in node ||
    'TruncateStmt' in node ||
    'RefreshMatViewStmt' in node;
  return changes && ('CopyStmt' in node || !mentionsVault(node));
}

/** Whether rows follow the statement in the script (`copy … from stdin`). */
export function readsRowsFromScript(node: Node | undefined): boolean {
  if (!node || !('CopyStmt' in node)) return false;
  const { is_from, filename, is_program } = node.CopyStmt;
  return Boolean(is_from) && !filename && !is_program;
}

/** The strings in a name or option, in order. */
export function namesIn(node: Node): string[] {
  if ('String' in node) return [node.String.sval ?? ''];
  if ('List' in node) return (node.List.items ?? []).flatMap(namesIn);
  if ('TypeName' in node) return (node.TypeName.names ?? []).flatMap(namesIn);
  return [];
}

/** The value of a `name value` clause; undefined if the statement has none. */
export function clause(options: readonly Node[] | undefined, name: string): string[] | undefined {
  for (const option of options ?? []) {
    if ('DefElem' in option && option.DefElem.defname === name && option.DefElem.arg) {
      return namesIn(option.DefElem.arg);
    }
  }
  return undefined;
}

function mentionsVault(node: Node): boolean {
  let found = false;
  visit(node, (key, value) => {
    if (key === 'schemaname' && value === 'vault') found = true;
    if (key === 'funcname' && Array.isArray(value) && value[0]?.String?.sval === 'vault') found = true;
  });
  return found;
}

function rangeVar(node: Node) {
  return 'RangeVar' in node ? relation(node.RangeVar) : [];
}

function relation(named: { readonly schemaname?: string; readonly relname?: string } | undefined) {
  return named?.relname === undefined ? [] : [{ schema: named.schemaname, name: named.relname }];
}

/** Calls back for every property in the tree. */
function visit(node: object, callback: (key: string, value: unknown) => void): void {
  for (const [key, value] of Object.entries(node)) {
    callback(key, value);
    if (typeof value === 'object' && value !== null) visit(value, callback);
  }
}
