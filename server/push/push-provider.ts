import type { PushKind, PushStep } from '../../wire/schemas.ts';
import type { PushTarget } from './push-target.ts';
import type { Urgency } from './urgency.ts';

/** All that a provider is told. There is no field for content, sender or conversation, and there must never be one. */
export interface Wake {
  readonly urgency: Urgency;
  /** How long the provider keeps it for a device that is off. */
  readonly ttlSeconds: number;
  /** When the address was registered: news of its death from before are about an older one. */
  readonly registeredAt: number;
}

export type PushOutcome =
  | { readonly status: 'accepted'; readonly detail: string }
  /** The address is dead for good. */
  | { readonly status: 'gone'; readonly detail: string }
  /** Trying the same again soon is in vain, and the address may be good: something is misconfigured. */
  | { readonly status: 'refused'; readonly detail: string }
  /** `service`: nobody can be woken over it at the moment; `device`: this one cannot. `afterMs` is what the provider asked for. */
  | {
      readonly status: 'later';
      readonly scope: 'service' | 'device';
      readonly detail: string;
      readonly afterMs?: number;
    };

/** Called when a step is through. */
export type Trace = (step: PushStep) => void;

export interface PushProvider<T extends PushTarget = PushTarget> {
  readonly kind: PushKind;
  /** What fails together: the name of the service behind the target. */
  serviceOf(target: T): string;
  /** Never rejects. */
  send(target: T, wake: Wake, trace: Trace): Promise<PushOutcome>;
  /** Whether this server would push there. @throws VantError PUSH_ADDRESS_REFUSED, PUSH_UNAVAILABLE, BAD_REQUEST */
  check(target: T): Promise<void>;
  close(): void;
}
