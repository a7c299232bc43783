import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { isIP } from 'node:net';
import { getSystemErrorMap } from 'node:util';

/** One way out of the process that was taken, or tried: a connection, a datagram, a look-up of a name, another program. */
export interface WayOut {
  readonly kind: 'connection' | 'datagram' | 'lookup' | 'program';
  readonly to: string;
}

type Native = (this: object, ...args: unknown[]) => unknown;
interface NativeClass {
  readonly prototype: Record<string, Native>;
}

const EACCES = [...getSystemErrorMap()].find(([, [name]]) => name === 'EACCES')![0];

/**
 * From here on this process reaches `allowed` (`host:port`) and nothing else, and tells of every try. It sits on the native
 * methods that all sockets and programs end at, below every library.
 */
export function watchWaysOut(allowed: readonly string[], tell: (way: WayOut) => void): void {
  const connect = (native: Native): Native =>
    function (request, address, port) {
      const to = `${String(address)}:${String(port)}`;
      tell({ kind: 'connection', to });
      return allowed.includes(to) ? native.call(this, request, address, port) : EACCES;
    };
  replace(binding('tcp_wrap', 'TCP'), ['connect', 'connect6'], connect);
  const send = (): Native =>
    function (_request, _data, _count, ...rest) {
      tell({ kind: 'datagram', to: rest.map(String).join(':') });
      return EACCES;
    };
  replace(binding('udp_wrap', 'UDP'), ['send', 'send6', 'connect', 'connect6'], send);
  const spawn = (native: Native): Native =>
    function (options) {
      tell({ kind: 'program', to: String((options as { file?: unknown }).file) });
      return native.call(this, options);
    };
  replace(binding('process_wrap', 'Process'), ['spawn'], spawn);
  refuseLookups(tell);
}

function refuseLookups(tell: (way: WayOut) => void): void {
  const refusal = () => Object.assign(new Error('names are not looked up here'), { code: 'ENOTFOUND' });
  const native = { lookup: dns.lookup, promise: dns.promises.lookup };
  const lookup = (name: string, ...rest: unknown[]) => {
    // An address is what it is; nobody is asked.
    if (isIP(name)) return Reflect.apply(native.lookup, dns, [name, ...rest]);
    tell({ kind: 'lookup', to: name });
    (rest.at(-1) as (error: Error) => void)(refusal());
  };
  const lookupPromise = async (name: string, ...rest: unknown[]) => {
    if (isIP(name)) return Reflect.apply(native.promise, dns.promises, [name, ...rest]);
    tell({ kind: 'lookup', to: name });
    return Promise.reject(refusal());
  };
  Object.assign(dns, { lookup });
  Object.assign(dns.promises, { lookup: lookupPromise });
  syncBuiltinESMExports();
}

function replace({ prototype }: NativeClass, names: readonly string[], make: (native: Native) => Native): void {
  for (const name of names) prototype[name] = make(prototype[name]!);
}

function binding(module: string, name: string): NativeClass {
  const read = Reflect.get(process, 'binding') as (module: string) => Record<string, NativeClass>;
  return read.call(process, module)[name]!;
}
