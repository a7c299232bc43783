/** Puts a value where no later code can replace, hide or remove it. An attempt is ignored, as Node itself makes some. */
export function seal(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    get: () => value,
    set: () => undefined,
    enumerable: true,
    configurable: false,
  });
}

/**
 * Replaces the native methods that objects like `handle` share. Whatever route leads to such an object, through public
 * modules, their internals or a constructor, leads to these methods. A method that is not known to be harmless is replaced:
 * one that a later Node adds is closed until it is looked at.
 */
export function replaceMethods(handle: object, harmless: readonly string[], replacement: unknown): void {
  const prototype = Object.getPrototypeOf(handle) as object;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value !== 'function' || name === 'constructor' || harmless.includes(name)) continue;
    seal(prototype, name, replacement);
  }
}

/**
 * The native object behind one of Node's own.
 *
 * @throws {Error} when this Node keeps it elsewhere; the process must not run a plugin then
 */
export function handleOf(owner: object, name: string | symbol = '_handle'): object {
  const handle: unknown = Reflect.get(owner, name);
  if (typeof handle !== 'object' || handle === null) throw new Error(`no ${String(name)}: this Node cannot be guarded`);
  return handle;
}
