/** `vant devices [list | add LINK | remove NUMBER]` */
import type { Command } from 'commander';
import { isDeviceId } from '../../wire/ids.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { writeLine } from '../output.ts';
import { runWithClient, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toJsonLine, toLine } from '../terminal-text.ts';

export function registerDevicesCommand(program: Command): void {
  const devices = program.command('devices').description('the devices of your account');
  withCommonOptions(devices.command('list', { isDefault: true }))
    .description('list your devices')
    .action((options: CommonOptions) =>
      runWithClient(options, async (client) => {
        for (const device of await (await client.team()).devices()) {
          const { deviceId, name, createdAt, lastSeenDay, isThisDevice } = device;
          const fields = { id: deviceId, name: name ?? null, createdAt, lastSeen: lastSeenDay ?? null, isThisDevice };
          const line = `${deviceId.toString().padStart(3)}  ${toLine(name ?? '?').padEnd(24)} ${lastSeenDay ?? 'never'}`;
          await writeLine(options.json === true ? toJsonLine(fields) : `${line}${isThisDevice ? ' (this one)' : ''}`);
        }
        return EXIT.OK;
      }),
    );
  withCommonOptions(devices.command('add'))
    .description('let the device into your account that shows this link')
    .argument('<link>', 'as shown by `vant link` or by the app on the new device')
    .action((link: string, options: CommonOptions) =>
      runWithClient(options, async (client) => {
        await (await client.team()).addDevice(link);
        if (options.json !== true) await writeLine('The new device can register itself now.');
        return EXIT.OK;
      }),
    );
  withCommonOptions(devices.command('remove'))
    .description('remove a device from your account')
    .argument('<number>', 'as printed by `vant devices`')
    .action((text: string, options: CommonOptions) =>
      runWithClient(options, async (client) => {
        const deviceId = Number(text);
        if (!isDeviceId(deviceId)) throw new CommandError(EXIT.USAGE, `${toLine(text)} is not the number of a device.`);
        await (await client.team()).removeDevice(deviceId);
        return EXIT.OK;
      }),
    );
}
