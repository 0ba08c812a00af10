/** PostGraphile over Postgres, the usual preset and the usual filter plugin, in one process. */
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter';
import { announce, serverProcessOptions } from '../comparison/server-process.ts';

const { postgresUrl } = serverProcessOptions();
const pgl = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  pgServices: [makePgService({ connectionString: postgresUrl, schemas: ['public'], pubsub: false })],
  grafserv: { graphqlPath: '/graphql', watch: false },
  grafast: { explain: false },
});
const serv = pgl.createServ(grafserv);
const server = createServer();
await serv.addTo(server);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) announce(`http://127.0.0.1:${address.port}/graphql`);
});
