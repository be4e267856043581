/** A wake to the device of the identity on this machine: through the server and the provider. */
import { VantError } from '../../wire/errors.ts';
import { failure, ok, warning, type Check, type Finding } from '../../server/doctor/check.ts';
import { CommandError } from '../command-error.ts';
import { selectIdentity } from '../identity-home.ts';
import { withIdentity, type CommonOptions } from '../run-command.ts';

export const createRoundTripCheck = (options: CommonOptions): Check => ({
  name: 'a wake to this device',
  option: 'push',
  run: () => checkRoundTrip(options),
});

async function checkRoundTrip(options: CommonOptions): Promise<Finding> {
  try {
    const identity = selectIdentity(options);
    const result = await withIdentity(options, identity, async (client) => (await client.push()).test());
    const steps = result.steps.map(({ name, ms }) => `${name} ${ms} ms`).join(', ');
    if (result.isAccepted) return ok(`the provider has taken it: ${steps}`);
    return failure(
      `the provider has not taken it: ${result.detail ?? 'no reason'}; ${steps}`,
      'Register again in the settings of the app.',
    );
  } catch (error) {
    if (error instanceof CommandError)
      return ok('not tried: there is no identity here (--as NAME). The app has a test in its settings');
    const isUnregistered = error instanceof VantError && error.code === 'NOT_FOUND';
    if (isUnregistered) return ok('not tried: this identity has no push address, as is usual for a terminal');
    return warning(`it could not be tried: ${(error as Error).message}`, 'See the check of the running server.');
  }
}
