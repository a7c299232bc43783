import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** Characters of a query. */
export const MAX_QUERY_LENGTH = 4_000;
/** Lexical tokens of a query: bounds parsing and every rule that looks at pairs of fields. */
export const MAX_QUERY_TOKENS = 200;
const MAX_DEPTH = 5;
const MAX_ALIASES = 4;

/**
 * One operation with one field at its root: a mutation that mints a credential cannot be multiplied by aliases, fragments or a
 * batch, so the rate limit counts what it seems to count. Nesting and aliases are bounded for whatever the schema gains later.
 */
export function limitsRule(context: ValidationContext): ASTVisitor {
  const complain = (message: string) => context.reportError(new GraphQLError(message));
  return {
    Document(document) {
      const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
      if (operations.length !== 1) complain('Send one operation.');
      for (const definition of operations) {
        const { fields, depth, aliases } = measure(document, definition.selectionSet, new Map());
        if (fields !== 1) complain('Ask for one field at the root.');
        if (depth > MAX_DEPTH) complain(`Nest at most ${MAX_DEPTH} levels.`);
        if (aliases > MAX_ALIASES) complain(`Use at most ${MAX_ALIASES} aliases.`);
      }
      return undefined;
    },
  };
}

interface Measure {
  /** Fields of this level, those of fragments included. */
  readonly fields: number;
  readonly depth: number;
  readonly aliases: number;
}

/** `known` holds the fragments measured so far: one that many others spread is walked once, and one inside itself ends. */
function measure(document: DocumentNode, { selections }: SelectionSetNode, known: Map<string, Measure>): Measure {
  let [fields, depth, aliases] = [0, 0, 0];
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const below = selection.selectionSet ? measure(document, selection.selectionSet, known) : NOTHING;
      fields += 1;
      depth = Math.max(depth, 1 + below.depth);
      aliases += (selection.alias ? 1 : 0) + below.aliases;
      continue;
    }
    const part =
      selection.kind === Kind.INLINE_FRAGMENT
        ? measure(document, selection.selectionSet, known)
        : measureFragment(document, selection.name.value, known);
    fields += part.fields;
    depth = Math.max(depth, part.depth);
    aliases += part.aliases;
  }
  return { fields, depth, aliases };
}

const NOTHING: Measure = { fields: 0, depth: 0, aliases: 0 };

function measureFragment(document: DocumentNode, name: string, known: Map<string, Measure>): Measure {
  const before = known.get(name);
  if (before) return before;
  known.set(name, NOTHING);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name) {
      known.set(name, measure(document, definition.selectionSet, known));
      break;
    }
  }
  return known.get(name)!;
}
