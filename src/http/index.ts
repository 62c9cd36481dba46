export { type ErrorAnswer, refuseRequest } from "./answers.ts";
export { checkedValues, jsonBody } from "./bodies.ts";
export { checkAccess, type Listening, type ListenOptions, listen } from "./listen.ts";
export { bodyUpTo, httpServer, type ServerApp, type ServerOptions } from "./server.ts";
