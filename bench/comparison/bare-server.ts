/** What node:http alone takes to read a request and send the same bytes. */
import { serve, serverProcessOptions } from './server-process.ts';

const answers = new Map(
  Object.entries(serverProcessOptions().answers).map(([name, text]) => [`/${name}`, Buffer.from(text)]),
);
serve((request, response) => {
  request.resume().on('end', () => {
    const body = answers.get(request.url ?? '');
    response.writeHead(body ? 200 : 404, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body?.byteLength ?? 0,
    });
    response.end(body);
  });
});
