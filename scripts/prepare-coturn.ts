/** coturn, the reference TURN server, with its clients: for tests and benches that hold ours against it. */
import { preparePrograms, type Programs } from './prepare-programs.ts';

export type Coturn = Programs;

export const prepareCoturn = (report?: (text: string) => void): Promise<Coturn> =>
  preparePrograms(
    {
      packageName: 'coturn',
      programs: ['turnserver', 'turnutils_uclient', 'turnutils_peer', 'turnutils_stunclient'],
      folder: 'bin',
      neededBy: 'The TURN tests',
    },
    report,
  );
