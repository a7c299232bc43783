import { IsString, Length } from 'class-validator';

/** Answer of `POST /store/marketplace/instances/rotate-secret`; shown once. */
export class RotatedSecret {
  @IsString() @Length(1, 200) webhook_secret!: string;
}
