import { buildSchema } from 'graphql';

/** The whole GraphQL surface. The names are the hub's own: the vendor does not document its. */
const SDL = `
  type Query {
    "Who is signed in."
    viewer: Viewer!
  }

  type Viewer {
    id: ID!
    email: String!
    "Shops the person belongs to."
    tenants: [ID!]!
  }

  type Mutation {
    "Swaps the session for a token that tells one third-party API who is asking."
    issueExtensionToken(input: IssueExtensionTokenInput!): ExtensionToken!
  }

  input IssueExtensionTokenInput {
    extensionId: ID!
    "Origin of the API; may be left out when the extension has one."
    audience: String
    "The shop; may be left out by people who belong to one."
    tenant: ID
  }

  type ExtensionToken {
    token: String!
    "RFC 3339."
    expiresAt: String!
    "Seconds."
    expiresIn: Int!
    tokenType: String!
  }
`;

export const SCHEMA = buildSchema(SDL);
