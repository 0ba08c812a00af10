/** pg_graphql, which needs something to speak HTTP: as little as possible, in front of a pool of connections. */
import pg from 'pg';
import { serve, serverProcessOptions } from '../comparison/server-process.ts';

const pool = new pg.Pool({ connectionString: serverProcessOptions().postgresUrl, max: 10 });
const statement = {
  name: 'resolve',
  text: 'select graphql.resolve($1, $2::jsonb)::text as answer',
};

serve((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    try {
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
      const { rows } = await pool.query({ ...statement, values: [query, JSON.stringify(variables ?? {})] });
      response.writeHead(200, { 'content-type': 'application/json' }).end(rows[0].answer);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
});
