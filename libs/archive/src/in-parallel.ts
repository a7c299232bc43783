/** Enough that reading, inflating and writing do not wait for each other; few enough that memory stays small. */
const AT_ONCE = 8;

/**
 * Does `work` for every item, some at a time, begun in their order. When any fails nothing more is begun, and once all has ended it
 * throws what the first of them in that order threw, whichever was quicker.
 */
export async function inParallel<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>) {
  const failures: { readonly index: number; readonly error: unknown }[] = [];
  const rest = items.entries();
  const takeAll = async () => {
    for (const [index, item] of rest) {
      if (failures.length > 0) return;
      await work(item, index).catch((error: unknown) => failures.push({ index, error }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeAll));
  const [first] = failures.sort((a, b) => a.index - b.index);
  if (first) throw first.error;
}
