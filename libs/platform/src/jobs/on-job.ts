import { SetMetadata } from '@nestjs/common';
import type { JobKind } from './define-job.js';

export const ON_JOB = Symbol('on-job');

type Handler<Payload> = (payload: Payload) => Promise<void>;

/** Marks the method of a provider that does this kind of job. It may run twice for one job and must not mind. */
export function OnJob<Payload extends object>(kind: JobKind<Payload>) {
  return <T extends Handler<Payload>>(
    target: object,
    property: string,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    SetMetadata(ON_JOB, kind.name)(target, property, descriptor as TypedPropertyDescriptor<unknown> as never);
  };
}
