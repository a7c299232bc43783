/** The line an index of a text is on, from 1. */
export function lineOf(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The first `max` matches of a global pattern, one a line, each with its line. */
export function matchesOf(text: string, pattern: RegExp, max: number): { text: string; line: number }[] {
  const found: { text: string; line: number }[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(pattern)) {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < match.index; at = text.indexOf('\n', counted)) {
      line += 1;
      counted = at + 1;
    }
    if (found.at(-1)?.line === line) continue;
    if (found.push({ text: match[0], line }) >= max) break;
  }
  return found;
}
