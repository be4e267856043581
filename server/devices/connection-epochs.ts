import type { DeviceAddress } from './device-address.ts';

/** Numbers the connections of a device over all nodes, so that everyone agrees which one is the newest. */
export interface ConnectionEpochs {
  next(device: DeviceAddress): Promise<number>;
}
