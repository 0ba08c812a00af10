/**
 * Bundles the files that the GraphiQL page loads into `assets/graphiql/vendor/`, compressed as browsers receive them. They
 * come from a package that is large, so users of this one do not have to install it. Runs after `npm ci` and before
 * publishing.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import {
  css,
  editorWorkerService,
  graphqlWorker,
  js,
  jsonWorker,
} from '@graphql-yoga/render-graphiql/graphiql';

const folder = new URL('../assets/graphiql/vendor/', import.meta.url);

/** GraphiQL as the global `YogaGraphiQL`, with the workers of its editor. */
const script = `const graphiqlWorkers = ${JSON.stringify({ editorWorkerService, json: jsonWorker, graphql: graphqlWorker })};
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_, label) =>
    URL.createObjectURL(new Blob([graphiqlWorkers[label]], { type: 'application/javascript' })),
};
${js};
`;

await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries({ 'graphiql.js': script, 'graphiql.css': css })) {
  await writeFile(new URL(`${name}.gz`, folder), gzipSync(text, { level: 9 }));
}
