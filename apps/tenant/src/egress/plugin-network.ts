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
   * The network of one plugin. Its rows say `CONNECT`, the host and the plugin; what is said inside a connection is the plugin's
   * and usually encrypted, so the ledger has the bytes that left and no field names. Names are looked up without a row: a look-up
   * tells nobody more than the connection after it.
   */
  networkOf(pluginId: string): PluginNetwork {
    return {
      resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
      connect: async (destination) => this.open(pluginId, destination),
    };
  }

  private async open(pluginId: string, destination: PluginDestination): Promise<Socket> {
    const at = this.clock.now();
    const { identifiers } = await this.dataSource.manager.insert(EgressEntry, {
      at,
      method: 'CONNECT',
      host: `${destination.host}:${destination.port}`,
      path: '',
      fields: [`plugin.${pluginId}`],
      bytes: 0,
    });
    const id = String(identifiers[0]?.['id']);
    const socket = dial(destination);
    let failure: string | undefined;
    socket.once('error', (error: Error & { code?: string }) => (failure = (error.code ?? error.name).slice(0, 60)));
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
