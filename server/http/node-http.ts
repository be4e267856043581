/** node:http without its WebSocket client: importing the module by name reads every export, and that one loads a second HTTP
 * implementation (undici, 3 MB of memory) which a server never uses. */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
