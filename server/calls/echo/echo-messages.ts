/** What the server and the process that answers one test call say to each other. Private keys and secrets do not leave that
 * process. */
import type { AccountId } from '../../../wire/ids.ts';
import type { DeviceRegistration } from '../../../wire/schemas.ts';

/** From the server. */
export type ToEcho =
  | {
      readonly type: 'prepare';
      /** Where the process reaches this server. */
      readonly origin: string;
      readonly trustRoot: string;
      readonly caller: { readonly accountId: AccountId; readonly identityKey: string };
      readonly maxCallMs: number;
    }
  /** The account is there: connect. */
  | { readonly type: 'registered'; readonly accountId: AccountId };

/** To the server. */
export type FromEcho =
  | { readonly type: 'prepared'; readonly secretHash: string; readonly device: DeviceRegistration }
  | { readonly type: 'connected' };
