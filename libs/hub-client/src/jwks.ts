import { IsArray, IsObject } from 'class-validator';

/** `/.well-known/jwks.json`: public keys only. Each key is checked by whoever uses it, so one bad key spoils no other. */
export class HubKeys {
  @IsArray() @IsObject({ each: true }) keys!: Record<string, unknown>[];
}
