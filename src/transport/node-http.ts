/**
 * Node's HTTP/1.1, to be imported from here alone. An `import` of `node:http` itself reads everything that it exports, and
 * what it exports since Node 22 loads a whole client (undici) the moment it is read: 60 ms and 16 MB.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
