import { fastify } from 'fastify';

/**
 * The limit of the HTTP layer: one route that reads a body and answers what it was told to, and does nothing else.
 * Arguments: the path, and the answer as JSON or XML.
 */
const [, , path = '/', answer = '{}'] = process.argv;
const isJson = answer.startsWith('{');
const parsed = isJson ? JSON.parse(answer) : answer;

const http = fastify({ logger: false });
http.addContentTypeParser(/^application\/xml/, { parseAs: 'string' }, (_request, body, done) => done(null, body));
http.addContentTypeParser(
  'application/merge-patch+json',
  { parseAs: 'string' },
  http.getDefaultJsonParser('error', 'error'),
);
http.route({
  method: ['GET', 'PUT', 'PATCH', 'POST'],
  url: path.replace('{id}', ':id'),
  handler: (_request, reply) => {
    reply.type(isJson ? 'application/json; charset=utf-8' : 'application/xml').send(parsed);
  },
});
process.stdout.write(`${await http.listen({ host: '127.0.0.1', port: 0 })}\n`);
process.on('SIGTERM', () => process.exit(0));
