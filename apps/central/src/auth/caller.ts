import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Account } from '#accounts';

/** A person of a shop, signed in to the portal. */
export interface MerchantCaller {
  readonly accountId: string;
  /** Null when it is made up. */
  readonly email: string | null;
  readonly emailProven: boolean;
}

/** A cPanel server that acts for a merchant. */
export interface MarketCaller {
  readonly clientId: string;
  readonly accountId: string;
  readonly email: string;
}

/** Who is calling, by what they proved. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'shop'; readonly keyId: string | undefined }
  | { readonly kind: 'instance'; readonly instanceId: string }
  | {
      readonly kind: 'publisher';
      readonly publisherId: string;
      /** Set when a member acts with a session, not a tool with a token. */
      readonly accountId?: string;
    }
  | { readonly kind: 'account'; readonly account: Account; readonly session: string }
  | { readonly kind: 'management'; readonly tokenId: string; readonly publisherId: string | null }
  | ({ readonly kind: 'market' } & MarketCaller)
  | ({ readonly kind: 'merchant' } & MerchantCaller)
  | { readonly kind: 'operator'; readonly accountId: string };

/** What a route may ask its caller to be. */
export type Audience = Exclude<Caller['kind'], 'anonymous'>;

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
  }
}

/** The caller a guard admitted as `kind`. */
export function callerOf<K extends Audience>(request: FastifyRequest, kind: K): Extract<Caller, { kind: K }> {
  const { caller } = request;
  if (caller?.kind !== kind) throw new Error(`the route reads its ${kind} and does not require one`);
  return caller as Extract<Caller, { kind: K }>;
}

/** Injects the management token of a route marked `@Requires('management', …)`: its id and whose packages it hands out. */
export const Management = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>(), 'management'),
);

/** Injects the publisher of a route marked `@Requires('publisher')`: its id. */
export const PublisherId = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    callerOf(context.switchToHttp().getRequest<FastifyRequest>(), 'publisher').publisherId,
);

/** Injects whoever acts for the publisher, as the audit log names it: the member, or the publisher for a tool with a token. */
export const PublisherActor = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>(), 'publisher');
  return caller.accountId === undefined ? `publisher:${caller.publisherId}` : `account:${caller.accountId}`;
});

/** Injects the instance of a route marked `@Requires('instance')`: its id. */
export const InstanceId = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    callerOf(context.switchToHttp().getRequest<FastifyRequest>(), 'instance').instanceId,
);

/** Injects the person of a route marked `@Requires('merchant')`. */
export const Merchant = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>(), 'merchant'),
);

/** Injects the cPanel server of a route marked `@Requires('market', …)`, with the merchant it acts for. */
export const Market = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>(), 'market'),
);

/** Injects the operator of a route marked `@Requires('operator')`, as the audit log names it. */
export const OperatorActor = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    `operator:${callerOf(context.switchToHttp().getRequest<FastifyRequest>(), 'operator').accountId}`,
);
