/** nft(8), with which tests build networks behind NAT. */
import { preparePrograms, type Programs } from './prepare-programs.ts';

export const prepareNftables = (report?: (text: string) => void): Promise<Programs> =>
  preparePrograms(
    { packageName: 'nftables', programs: ['nft'], folder: 'sbin', neededBy: 'Tests of calls behind NAT' },
    report,
  );
