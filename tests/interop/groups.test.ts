import * as ours from '../../e2ee/index.ts';
import { describeGroups } from '../support/e2ee/group-scenarios.ts';
import { native } from './native.ts';

describeGroups('ours sends, native reads', ours, native);
describeGroups('native sends, ours reads', native, ours);
