import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CorsPolicy } from './cors.js';
import { answerTo, ExtensionAuthError } from './extension-auth-error.js';
import type { ExtensionAuth, ExtensionCaller, RequestRules } from './extension-auth.js';

/** A request that {@link requireExtension} has let in. */
export interface ExtensionRequest extends IncomingMessage {
  extensionCaller?: ExtensionCaller;
}

type Middleware = (request: ExtensionRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/** Express middleware for CORS. Use it before {@link requireExtension}: a preflight carries no token. */
export function extensionCors(cors: CorsPolicy): Middleware {
  return (request, response, next) => {
    const { method = 'GET', headers } = request;
    const requestedMethod = headers['access-control-request-method'];
    const { headers: add, end } = cors({ method, origin: headers.origin, requestedMethod });
    for (const [name, value] of Object.entries(add)) {
      if (name === 'vary') response.appendHeader(name, value);
      else response.setHeader(name, value);
    }
    if (end === undefined) return next();
    response.statusCode = end;
    response.end();
  };
}

/** Express middleware that lets in holders of a good token, as `request.extensionCaller`. */
export function requireExtension(auth: ExtensionAuth, rules?: RequestRules): Middleware {
  return (request, response, next) => {
    auth.authenticate(request.headers, rules).then(
      (caller) => {
        request.extensionCaller = caller;
        next();
      },
      (error: unknown) => {
        if (!(error instanceof ExtensionAuthError)) return next(error);
        const { status, headers, body } = answerTo(error);
        response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' });
        response.end(JSON.stringify(body));
      },
    );
  };
}
