import { normalizeVersion } from './composer-version.js';

const MAX_LENGTH = 500;
const MAX_PARTS = 50;
const OPERATOR = /^(>=|<=|<>|!=|==|>|<|=|\^|~)?\s*(.+)$/;
const WILDCARD = /^v?\d+(\.\d+){0,2}\.[*x]$/i;

/**
 * Whether a client of Composer understands this constraint: alternatives by `|` or `||`, conditions by comma or space. Stricter
 * than Composer, for one unreadable advisory would end every `composer audit`.
 */
export function isConstraint(text: string): boolean {
  if (text.length === 0 || text.length > MAX_LENGTH) return false;
  const alternatives = text.split(/\|\|?/);
  const conditions = alternatives.map((alternative) =>
    alternative
      .trim()
      .replace(/([<>=!^~])\s+/g, '$1')
      .split(/\s*,\s*|\s+/),
  );
  return conditions.flat().length <= MAX_PARTS && conditions.every((parts) => parts.every(isCondition));
}

function isCondition(text: string): boolean {
  if (text === '*') return true;
  const [, operator, version] = OPERATOR.exec(text) ?? [];
  if (version === undefined || version.startsWith('dev-')) return false;
  return (operator === undefined && WILDCARD.test(version)) || normalizeVersion(version) !== undefined;
}
