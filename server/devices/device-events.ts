/** What nodes tell the one that holds a device's connection, over a channel of the device. */

export type DeviceEvent =
  /** Another node has appended to the queue. */
  | { readonly type: 'wake' }
  /** Entries that had expired were removed: counting may have been misled (see relay/delivery.ts). */
  | { readonly type: 'recheck' }
  /** The device has opened its n-th connection somewhere: older ones end. */
  | { readonly type: 'connected'; readonly epoch: number }
  | { readonly type: 'pre-keys-low'; readonly preKeys: number; readonly kyberPreKeys: number }
  /** A serialized Envelope that is not stored. */
  | { readonly type: 'ephemeral'; readonly envelope: Uint8Array };

export interface DeviceEventBus {
  /** At most one listener for a device on a node. Resolves when events are received. This and unsubscribe take effect in the
   * order of the calls. */
  subscribe(device: string, listener: (event: DeviceEvent) => void): Promise<void>;
  unsubscribe(device: string): Promise<void>;
  /** @returns whether some node has a connection of the device. */
  publish(device: string, event: DeviceEvent): Promise<boolean>;
  /** Events may have been missed: read again what they are about. */
  onInterrupted(listener: () => void): void;
}
