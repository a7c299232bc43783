import {
  createParamDecorator,
  HttpException,
  Inject,
  Injectable,
  Module,
  SetMetadata,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { CorsPolicy } from './cors.js';
import { extensionCors } from './express.js';
import { answerTo, ExtensionAuthError } from './extension-auth-error.js';
import type { ExtensionAuth, ExtensionCaller, RequestRules } from './extension-auth.js';
import { addExtensionCors } from './fastify.js';

const AUTH = Symbol('extension-auth');
const RULES = 'extension-auth:rules';

interface HttpRequest {
  readonly headers: Record<string, string | string[] | undefined>;
  extensionCaller?: ExtensionCaller;
}

/** Lets in holders of a good token. Import {@link ExtensionAuthModule} and name it in `@UseGuards`. */
@Injectable()
export class ExtensionAuthGuard implements CanActivate {
  constructor(@Inject(AUTH) private readonly auth: ExtensionAuth) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const rules = Reflect.getMetadata(RULES, context.getHandler()) as RequestRules | undefined;
    try {
      request.extensionCaller = await this.auth.authenticate(request.headers, rules);
      return true;
    } catch (error) {
      if (!(error instanceof ExtensionAuthError)) throw error;
      const { status, headers, body } = answerTo(error);
      const response = http.getResponse<{ header(name: string, value: string): unknown }>();
      for (const [name, value] of Object.entries(headers)) response.header(name, value);
      throw new HttpException(body, status, { cause: error });
    }
  }
}

/** Takes each token once at this route. */
export const SingleUse = () => SetMetadata(RULES, { singleUse: true } satisfies RequestRules);

/** Injects who is calling at a route under the guard. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): ExtensionCaller => {
  const { extensionCaller } = context.switchToHttp().getRequest<HttpRequest>();
  if (!extensionCaller) throw new Error('the route reads its caller and is not under ExtensionAuthGuard');
  return extensionCaller;
});

@Module({})
export class ExtensionAuthModule {
  static forRoot(auth: ExtensionAuth): DynamicModule {
    const providers = [{ provide: AUTH, useValue: auth }, ExtensionAuthGuard];
    return { module: ExtensionAuthModule, global: true, providers, exports: providers };
  }
}

/** Answers CORS below Nest, on Express and Fastify: a guard would ask a preflight for the token it cannot carry. */
export function useExtensionCors(app: INestApplication, cors: CorsPolicy): void {
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify') addExtensionCors(adapter.getInstance() as FastifyInstance, cors);
  else app.use(extensionCors(cors));
}
