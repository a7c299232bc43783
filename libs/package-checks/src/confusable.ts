/** Pairs that look alike in the fonts of shops and terminals; ids are ASCII, so no table of scripts is needed. */
const LOOKALIKES: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/0/g, 'o'],
  [/[1i|]/g, 'l'],
  [/5/g, 's'],
  [/[-._]/g, ''],
];
/** Shorter names are one letter apart by accident. */
const LONG_ENOUGH = 6;

/** Whether two different names could be taken for each other: name squatting and typosquatting. */
export function looksLike(a: string, b: string): boolean {
  if (a === b) return false;
  const [x, y] = [skeletonOf(a), skeletonOf(b)];
  if (x === y) return true;
  return Math.min(x.length, y.length) >= LONG_ENOUGH && isOneStepApart(x, y);
}

function skeletonOf(name: string): string {
  return LOOKALIKES.reduce((text, [pattern, plain]) => text.replace(pattern, plain), name.toLowerCase());
}

/** One letter more, less, other, or two neighbors swapped. */
function isOneStepApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.length !== restB.length) return restA.slice(1) === restB || restA === restB.slice(1);
  const isSwapped = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return restA.slice(1) === restB.slice(1) || isSwapped;
}
