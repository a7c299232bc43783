import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { PluginDestination, PluginNetwork } from '@hansa/plugin-host';
import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EgressEntry } from './egress-entry.entity.js';

/** How connections of plugins leave the shop: each has a row in the ledger before it is opened. */
@Injectable()
export class PluginEgress {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * The network of one plugin. Its rows say `LOOKUP` or `CONNECT`, the host and the plugin; what is said inside a connection is the
   * plugin's and usually encrypted, so the ledger has the bytes that left and no field names. A look-up has a row of its own: it
   * carries the name, which may be data, to whoever answers for the domain, also when no connection follows.
   */
  networkOf(pluginId: string): PluginNetwork {
    return {
      resolve: async (host) => this.resolve(pluginId, host),
      connect: async (destination) => this.open(pluginId, destination),
    };
  }

  private async resolve(pluginId: string, host: string): Promise<string[]> {
    const at = this.clock.now();
    const id = await this.record(pluginId, 'LOOKUP', host, at);
    let failure: string | undefined;
    try {
      return (await lookup(host, { all: true })).map(({ address }) => address);
    } catch (error) {
      failure = codeOf(error);
      throw error;
    } finally {
      const durationMs = this.clock.now().getTime() - at.getTime();
      await this.dataSource.manager.update(EgressEntry, { id }, { durationMs, ...(failure ? { failure } : {}) });
    }
  }

  private async record(pluginId: string, method: 'LOOKUP' | 'CONNECT', host: string, at: Date): Promise<string> {
    const row = { at, method, host, path: '', fields: [`plugin.${pluginId}`], bytes: 0 };
    const { identifiers } = await this.dataSource.manager.insert(EgressEntry, row);
    return String(identifiers[0]?.['id']);
  }

  private async open(pluginId: string, destination: PluginDestination): Promise<Socket> {
    const at = this.clock.now();
    const id = await this.record(pluginId, 'CONNECT', `${destination.host}:${destination.port}`, at);
    const socket = dial(destination);
    let failure: string | undefined;
    socket.once('error', (error: Error) => (failure = codeOf(error)));
    socket.once('close', () => {
      const durationMs = this.clock.now().getTime() - at.getTime();
      const bytes = Math.min(socket.bytesWritten, 2 ** 31 - 1);
      // The row that matters was written before; one that cannot be completed says what it said then.
      void this.dataSource.manager
        .update(EgressEntry, { id }, { bytes, durationMs, ...(failure ? { failure } : {}) })
        .catch(() => undefined);
    });
    return socket;
  }
}

/** To the addresses that were checked and no others: looking the name up again could give another answer. */
function dial({ host, port, addresses }: PluginDestination): Socket {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return connect({ host, port, autoSelectFamily: true, lookup: (_host, _options, done) => done(null, found) });
}

/** The system's code for what went wrong, never a message. */
function codeOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return (typeof code === 'string' ? code : String(name)).slice(0, 60);
}
