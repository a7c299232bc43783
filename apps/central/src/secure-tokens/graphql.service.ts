import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  execute,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
} from 'graphql';
import { MerchantsService, type SignedInMerchant } from '#accounts';
import { ExtensionTokens } from './extension-tokens.service.js';
import { limitsRule, MAX_QUERY_LENGTH, MAX_QUERY_TOKENS } from './graphql-limits.js';
import { SCHEMA } from './graphql-schema.js';
import { ExtensionTokenError } from './secure-tokens.errors.js';
import { EXTENSION_TOKEN_SECONDS } from './sign-extension-token.js';

export interface GraphqlAnswer {
  readonly data: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

interface GraphqlCall {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

interface TokenInput {
  readonly extensionId: string;
  readonly audience?: string | null;
  readonly tenant?: string | null;
}

/** Introspection is off everywhere, so that what is tested is what runs in production; the schema is in the documentation. */
const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule, limitsRule];

/** Runs one GraphQL operation of a signed-in merchant. */
@Injectable()
export class GraphqlService {
  constructor(
    private readonly merchants: MerchantsService,
    private readonly tokens: ExtensionTokens,
  ) {}

  /** The answer to a request, once `admit` has let its sender in. Every refusal is in it; a bug is logged and said without detail. */
  async answer(body: unknown, request: FastifyRequest, admit: () => Promise<SignedInMerchant>): Promise<GraphqlAnswer> {
    try {
      const merchant = await admit();
      const { query, variables, operationName } = readCall(body);
      const document = readDocument(query);
      const rootValue = this.resolversFor(merchant);
      const { data, errors } = await execute({
        schema: SCHEMA,
        document,
        rootValue,
        variableValues: variables,
        operationName,
      });
      if (!errors) return { data };
      return { data: data ?? null, errors: errors.map((error) => tell(error.originalError ?? error, request)) };
    } catch (error) {
      return { data: null, errors: [tell(error, request)] };
    }
  }

  private resolversFor(merchant: SignedInMerchant) {
    return {
      viewer: () => ({
        id: merchant.accountId,
        email: merchant.email,
        tenants: () => this.merchants.listShops(merchant.accountId),
      }),
      issueExtensionToken: async ({ input }: { input: TokenInput }) => {
        const { extensionId, audience = null, tenant = null } = input;
        const { token, expiresAt } = await this.tokens.issue(merchant, { extensionId, audience, tenant });
        return { token, expiresAt: expiresAt.toISOString(), expiresIn: EXTENSION_TOKEN_SECONDS, tokenType: 'Bearer' };
      },
    };
  }
}

function readCall(body: unknown): GraphqlCall {
  const { query, variables, operationName } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const isNamed = operationName === undefined || operationName === null || typeof operationName === 'string';
  const hasVariables = typeof variables === 'object' && !Array.isArray(variables);
  // A batch is a list, and has no query of its own.
  if (
    typeof query !== 'string' ||
    query.length > MAX_QUERY_LENGTH ||
    !isNamed ||
    !(variables === undefined || hasVariables)
  )
    throw new ExtensionTokenError('BAD_USER_INPUT', 'Send an object with one query, and variables as an object.');
  return {
    query,
    variables: (variables ?? {}) as GraphqlCall['variables'],
    operationName: operationName ?? null,
  };
}

function readDocument(query: string): DocumentNode {
  const document = parse(query, { maxTokens: MAX_QUERY_TOKENS, noLocation: true });
  const [flaw] = validate(SCHEMA, document, RULES, { maxErrors: 1 });
  if (flaw) throw flaw;
  return document;
}

function tell(error: unknown, request: FastifyRequest) {
  if (error instanceof ExtensionTokenError) return { message: error.detail, extensions: { code: error.code } };
  if (error instanceof GraphQLError) return { message: error.message, extensions: { code: 'BAD_USER_INPUT' } };
  request.log.error({ err: error, request_id: request.id }, 'unexpected');
  return { message: 'Something went wrong on our side.', extensions: { code: 'UNEXPECTED' } };
}
