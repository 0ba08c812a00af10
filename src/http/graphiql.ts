import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { Model, Table } from '../model/model.ts';
import { lowerFirst } from '../model/name.ts';
import { type HttpReply, type HttpRequest, headerOf } from './message.ts';

/** Serves GraphiQL, which needs nothing from any other host. */
export interface GraphiQLPage {
  /** Whether the request, which is for the endpoint, is a browser's for the page. */
  matches(request: HttpRequest): boolean;
  serve(request: HttpRequest): Promise<HttpReply>;
}

/** @param model what the query in a new tab is about */
export function createGraphiQLPage(endpoint: string, model: Model): GraphiQLPage {
  const compress = promisify(gzip);
  // The page is some megabytes large: rendered and compressed once, when first asked for.
  let page: Promise<{ readonly body: Buffer; readonly etag: string }> | undefined;
  const render = async () => {
    const html = renderGraphiQL({
      endpoint,
      title: 'fdw-graphql',
      defaultQuery: exampleQuery(model),
      defaultEditorToolsVisibility: false,
    }).replace('</head>', `${narrowScreenStyle}</head>`);
    return { body: await compress(html), etag: `"${createHash('sha256').update(html).digest('base64url')}"` };
  };
  return {
    matches: (request) =>
      request.method === 'GET' && /\btext\/html\b/.test(headerOf(request, 'accept') ?? ''),
    async serve(request) {
      page ??= render();
      const { body, etag } = await page;
      const headers = { etag, 'cache-control': 'no-cache', vary: 'Accept' };
      if (headerOf(request, 'if-none-match') === etag) return { status: 304, headers, body: '' };
      return {
        status: 200,
        headers: { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' },
        body,
      };
    },
  };
}

/** Puts the answer below the query where there is no room beside it: GraphiQL itself is made for wide screens. */
const narrowScreenStyle = `<style>
@media (width < 48rem) {
  #graphiql-session { flex-direction: column; }
  .graphiql-horizontal-drag-bar, .graphiql-logo { display: none; }
  .graphiql-container .graphiql-main .graphiql-response { padding: 8px; }
}
</style>
`;

/** A query on the first table that shows a page, the count and some columns. Its lines fit half a screen. */
function exampleQuery({ tables: [table] }: Model): string {
  if (!table) return '# No foreign table is exposed: the log says why.\n{ __typename }\n';
  return `# A page of ${table.schema}.${table.name}.
# Ctrl-Space shows what else can be asked.
query FirstPage {
  ${lowerFirst(table.typeName)}Collection(
${exampleArguments(table)
  .map((argument) => `    ${argument}`)
  .join('\n')}
  ) {${table.totalCount ? '\n    totalCount' : ''}
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
${table.columns
  .slice(0, 6)
  .map((column) => `        ${column.fieldName}`)
  .join('\n')}
      }
    }
  }
}
`;
}

function exampleArguments(table: Table): readonly string[] {
  const filtered = table.columns.find(
    (column) => column.fieldName === 'email' && column.type.kind === 'text',
  );
  const ordered = table.columns.find((column) => column.type.kind.startsWith('timestamp'));
  return [
    'first: 10',
    ...(filtered ? [`filter: {${filtered.fieldName}: {ilike: "%a%"}}`] : []),
    ...(ordered ? [`orderBy: [{${ordered.fieldName}: DescNullsLast}]`] : []),
  ];
}
