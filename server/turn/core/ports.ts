/** What the core is given: it opens no socket and reads no clock itself. */
import type { AddressFamily, ErrorCode } from '../stun/stun-constants.ts';
import type { Allocation } from './allocation.ts';

export type ClientTransport = 'udp' | 'tcp' | 'tls';

/** The client's end of a five-tuple. For UDP it is made for each datagram, until an allocation makes it stay. */
export interface Client {
  readonly transport: ClientTransport;
  /** Text, as node:dgram gives it. */
  readonly address: string;
  readonly port: number;
  /** Of the listener. */
  readonly family: AddressFamily;
  allocation: Allocation | undefined;
  /** The transaction of an Allocate request that waits for its socket. */
  pendingTransaction: string | undefined;
  /** Sends now or drops: nothing is kept for a client that does not read. */
  send(bytes: Uint8Array): void;
  /** Told when an allocation begins or ends to hang on this client. */
  hold(isHeld: boolean): void;
}

/** The socket of a relayed transport address. */
export interface RelaySocket {
  readonly family: AddressFamily;
  readonly port: number;
  receive: (bytes: Uint8Array, address: string, port: number) => void;
  send(bytes: Uint8Array, start: number, length: number, port: number, address: string): void;
  close(): void;
}

export interface RelaySocketRequest {
  readonly family: AddressFamily;
  /** EVEN-PORT: only an even port will do. */
  readonly isEven: boolean;
  /** EVEN-PORT with the R bit: the port above it, too. */
  readonly reserveNext: boolean;
}

export interface OpenedRelay {
  readonly socket: RelaySocket;
  readonly next: RelaySocket | undefined;
}

export interface RelaySockets {
  /** @returns undefined when there is no port left. */
  open(request: RelaySocketRequest): Promise<OpenedRelay | undefined>;
}

/** What a username may prove itself with. */
export interface Credential {
  /** MD5 of username, realm and password (RFC 8489, section 9.2.2). */
  readonly integrityKey: Uint8Array;
  /** Whose quota counts. */
  readonly userId: string;
}

/** @returns every credential that holds for the username now (several while keys rotate); none for an unknown or expired one. */
export type Authenticate = (username: string) => readonly Credential[];

/** @param address text of an address that is not one of our relayed ones. @returns whether clients may reach it through us. */
export type AllowPeer = (address: string) => boolean;

export interface QuotaRequest {
  readonly userId: string;
  /** The address of the client; for IPv6 its /64, because a client has all of that. */
  readonly source: string;
  /** Those that there are already. */
  readonly allocationsOfUser: number;
  readonly allocationsOfSource: number;
  readonly allocations: number;
}

/** `user`: this user or address has enough (486). `server`: the server has (508). */
export type Quota = (request: QuotaRequest) => 'granted' | 'user' | 'server';

export type EndReason = 'deleted' | 'expired' | 'disconnected' | 'revoked' | 'stopped';

/** For log and metrics. Says nothing of who and to whom. */
export type TurnEvent =
  | { readonly type: 'allocated'; readonly transport: ClientTransport; readonly family: AddressFamily }
  | {
      readonly type: 'ended';
      readonly reason: EndReason;
      readonly transport: ClientTransport;
      readonly seconds: number;
      readonly bytes: number;
    }
  | { readonly type: 'refused'; readonly method: number; readonly code: ErrorCode }
  | { readonly type: 'fault'; readonly where: string; readonly error: Error };

export type OnEvent = (event: TurnEvent) => void;
