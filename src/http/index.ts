export { type ErrorAnswer, refuseRequest } from "./answers.ts";
export { checkedValues, jsonBody } from "./bodies.ts";
export { bodyUpTo } from "./held-bodies.ts";
export { checkAccess, type Listening, type ListenOptions, listen } from "./listen.ts";
export { httpServer, type ServerApp, type ServerOptions } from "./server.ts";
