import * as ours from '../../../e2ee/index.ts';
import { describeGroups } from '../../support/e2ee/group-scenarios.ts';

describeGroups('ours with ours', ours, ours);
